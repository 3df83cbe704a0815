"""Settings from the environment (`KOERSBOT_…`) and from `.env`; each stands in `.env.example`.

A missing or impossible setting stops the program at start with one readable list, in Dutch. Secrets
are `SecretStr`: they show as stars wherever a setting is printed or logged.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "KOERSBOT_"

NO_CASE_NUMBERS = ("", "jaimy", "Jaimy", "JAIMY", "jaimy de boer")
"""What a pattern for case numbers must never fit: nothing at all, or a name."""


class SettingsError(Exception):
    """The settings cannot be used. `lines` says what is wrong, one setting a line, in Dutch."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class Settings(BaseSettings):
    """All settings, checked. Read `.env.example` for what each one means."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        env_ignore_empty=True,
    )

    telegram_token: SecretStr | None = None
    telegram_base_url: str = "https://api.telegram.org/bot"
    telegram_base_file_url: str = "https://api.telegram.org/file/bot"
    mode: Literal["polling", "webhook"] = "polling"
    webhook_url: str | None = None
    webhook_secret: SecretStr | None = None
    listen_host: str = "127.0.0.1"
    listen_port: int | None = Field(default=None, ge=1, le=65535)
    database_url: SecretStr | None = None
    data_dir: Path = Path("data")
    knowledge_dirs: str = ""
    timezone: str = "Europe/Amsterdam"
    zaak_pattern: str | None = None
    region: str | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["console", "json"] = "console"
    jobs: Literal["on", "off"] = "on"

    @field_validator("telegram_base_url", "telegram_base_file_url")
    @classmethod
    def _ends_in_bot(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")) or not value.endswith("/bot"):
            raise ValueError("begint met http:// of https:// en eindigt op /bot")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(
                "geen bekende tijdzone; schrijf bijvoorbeeld Europe/Amsterdam"
            ) from None
        return value

    @field_validator("zaak_pattern")
    @classmethod
    def _readable_pattern(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            pattern = re.compile(value)
        except re.error:
            raise ValueError(
                "geen geldige reguliere expressie; schrijf bijvoorbeeld JB-[0-9]{6}"
            ) from None
        if any(pattern.fullmatch(name) for name in NO_CASE_NUMBERS):
            raise ValueError(
                "past ook op een naam of een leeg nummer; schrijf bijvoorbeeld JB-[0-9]{6}"
            )
        return value

    @model_validator(mode="after")
    def _webhook_is_whole(self) -> Self:
        if self.mode == "webhook":
            missing = [
                name
                for name in ("webhook_url", "webhook_secret", "listen_port")
                if getattr(self, name) is None
            ]
            if missing:
                names = ", ".join(PREFIX + name.upper() for name in missing)
                raise ValueError(f"{PREFIX}MODE=webhook vraagt ook: {names}")
            if not str(self.webhook_url).startswith("https://"):
                raise ValueError(f"{PREFIX}WEBHOOK_URL begint met https://")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The time zone people live in."""
        return ZoneInfo(self.timezone)

    @property
    def database(self) -> str:
        """The database URL; without one, a SQLite file in the data folder. Never log it."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_dir / 'koersbot.sqlite'}"

    @property
    def case_numbers(self) -> re.Pattern[str] | None:
        """What the organisation's own case numbers look like; None: the bot makes the codes."""
        return re.compile(self.zaak_pattern) if self.zaak_pattern is not None else None

    @property
    def overlays(self) -> tuple[Path, ...]:
        """The folders with an organisation's own content, in order."""
        return tuple(Path(part) for part in self.knowledge_dirs.split(os.pathsep) if part)

    @property
    def token(self) -> str:
        """The bot's token.

        Raises:
            SettingsError: it is not set.
        """
        if self.telegram_token is None:
            raise SettingsError(
                [
                    f"{PREFIX}TELEGRAM_TOKEN ontbreekt; "
                    "vraag een token bij @BotFather en zet hem in .env"
                ]
            )
        return self.telegram_token.get_secret_value()


def load_settings() -> Settings:
    """Read the settings.

    Raises:
        SettingsError: with one line for each setting that is missing or impossible.
    """
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError([_line(detail) for detail in error.errors(include_url=False)]) from None


def _line(detail: object) -> str:
    assert isinstance(detail, dict)  # noqa: S101 - pydantic's ErrorDetails is a typed dict
    name = "".join(PREFIX + str(part).upper() for part in detail["loc"][:1])
    context = detail.get("ctx") or {}
    dutch = {
        "literal_error": f"kies uit {context.get('expected')}".replace(" or ", " of "),
        "int_parsing": "moet een getal zijn",
        "int_from_float": "moet een heel getal zijn",
        "greater_than_equal": f"moet minstens {context.get('ge')} zijn",
        "less_than_equal": f"mag hoogstens {context.get('le')} zijn",
    }
    what = dutch.get(detail["type"], str(detail["msg"]).removeprefix("Value error, "))
    return f"{name}: {what}" if name else what
