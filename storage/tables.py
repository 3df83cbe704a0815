"""Every table on one page: all that Koersbot keeps.

No child's data anywhere: a zaak is a meaningless code. Of a colleague: a first name as the channel
gives it and a channel id. Free text that people type is not stored. A SQLModel table does not
validate; the operations of this room do that before they store.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Index,
    SmallInteger,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from storage.types import UtcDateTime

WHOLE_WEEK = 0b0011111
"""The roster of somebody who works from Monday to Friday."""

Json = JSON().with_variant(JSONB(), "postgresql")


def _moment(*, nullable: bool = False, index: bool = False) -> Any:
    return Field(default=None, sa_column=Column(UtcDateTime(), nullable=nullable, index=index))


def _json() -> Any:
    return Field(default_factory=dict, sa_column=Column(Json, nullable=False))


class Team(SQLModel, table=True):
    """A team of a GI."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True, max_length=60)
    created_at: datetime = _moment()


class Person(SQLModel, table=True):
    """Somebody who was invited and came in. `channel_id` is their Telegram user id.

    `region` is a slug of the content's regions. `channel_ok` turns false when the channel says
    that messages no longer arrive. A revoked person keeps the row, so that history stays readable.
    `roster` holds the working days of the week: Monday is 1, Tuesday 2, Wednesday 4, and so on.
    """

    id: int | None = Field(default=None, primary_key=True)
    channel_id: int = Field(sa_column=Column(BigInteger, unique=True, nullable=False))
    first_name: str = Field(max_length=64)
    region: str | None = Field(default=None, max_length=40)
    channel_ok: bool = Field(default=True)
    created_at: datetime = _moment()
    revoked_at: datetime | None = _moment(nullable=True)
    last_card: str | None = Field(default=None, max_length=60)
    last_card_at: datetime | None = _moment(nullable=True)
    roster: int = Field(
        default=WHOLE_WEEK, sa_column=Column(SmallInteger, nullable=False, server_default="31")
    )


class Absence(SQLModel, table=True):
    """Days on which somebody is away, both included, and who stands in meanwhile.

    `ended_at` is set when it was taken back; an absence that is simply over keeps it empty.
    """

    __table_args__ = (Index("ix_absence_person", "person_id", "until_day"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    from_day: date
    until_day: date
    substitute_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    made_at: datetime = _moment()
    made_by: int = Field(foreign_key="person.id")
    ended_at: datetime | None = _moment(nullable=True)


class Grant(SQLModel, table=True):
    """A role of a person, in one team or (team_id empty) everywhere that role reaches."""

    __tablename__: ClassVar[str] = "role_grant"
    __table_args__ = (UniqueConstraint("person_id", "role", "team_id"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    role: str = Field(max_length=24)
    team_id: int | None = Field(default=None, foreign_key="team.id", index=True)


class Invitation(SQLModel, table=True):
    """A way in for one person, once. Only a hash of the token is kept."""

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True, max_length=64)
    role: str = Field(max_length=24)
    team_id: int | None = Field(default=None, foreign_key="team.id")
    created_at: datetime = _moment()
    expires_at: datetime = _moment()
    used_at: datetime | None = _moment(nullable=True)
    used_by: int | None = Field(default=None, foreign_key="person.id")


class Draft(SQLModel, table=True):
    """A conversation that is not finished, one a person: no state lives in memory.

    `nonce` stands in the buttons of the conversation; confirming consumes the row, so that a
    double tap does a thing once.
    """

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    kind: str = Field(max_length=24)
    nonce: str = Field(max_length=12)
    data: dict[str, Any] = _json()
    updated_at: datetime = _moment()


class Gezin(SQLModel, table=True):
    """That some zaken belong to one gezin, and so to one casusregisseur. Nothing else of it."""

    id: int | None = Field(default=None, primary_key=True)
    made_at: datetime = _moment()


class Zaak(SQLModel, table=True):
    """A zaak by its meaningless code. Without an owner it is the team lead's to deal with.

    `offered_to` is the colleague who was asked to take it over and has not answered yet. A team has
    one row `of_team` for its own recurring duties: nobody's zaak, kept by the team lead.
    """

    __table_args__ = (
        Index("ix_zaak_open_team", "team_id", sqlite_where=text("closed_at IS NULL"),
              postgresql_where=text("closed_at IS NULL")),
        Index("ix_zaak_of_team", "team_id", unique=True, sqlite_where=text("of_team"),
              postgresql_where=text("of_team")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=24)
    kader: str = Field(max_length=40)
    team_id: int = Field(foreign_key="team.id")
    owner_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    opened_at: datetime = _moment()
    opened_by: int = Field(foreign_key="person.id")
    opening_nonce: str = Field(unique=True, max_length=24)
    closed_at: datetime | None = _moment(nullable=True)
    closed_by: int | None = Field(default=None, foreign_key="person.id")
    offered_to: int | None = Field(default=None, foreign_key="person.id", index=True)
    offered_by: int | None = Field(default=None, foreign_key="person.id")
    offered_at: datetime | None = _moment(nullable=True)
    gezin_id: int | None = Field(default=None, foreign_key="gezin.id", index=True)
    of_team: bool = Field(
        default=False, sa_column=Column(Boolean, nullable=False, server_default=false())
    )


class ZaakDay(SQLModel, table=True):
    """The day something happened in a zaak, mostly one that termijnen count from.

    The same thing may happen on more days (a visit, a written instruction).
    """

    __tablename__: ClassVar[str] = "zaak_day"
    __table_args__ = (UniqueConstraint("zaak_id", "event", "on_day", name="uq_zaak_day"),)

    id: int | None = Field(default=None, primary_key=True)
    zaak_id: int = Field(foreign_key="zaak.id", index=True)
    event: str = Field(max_length=40)
    on_day: date


class Termijn(SQLModel, table=True):
    """A zaak's own period: the norm version it started with, its due date, and how it ended.

    `warn_on` is the earliest defensible due date. `explanation` is the computed DueDate and those
    of other readings, as they were. `next_notice_at` is when the ladder has to be looked at again;
    empty when nothing is left to say. `ladder_round` counts how often the due date moved: each time
    the ladder begins anew, and what was said of the old date does not count.

    `ended_at` and `ended_why` say that it ended without being met (the zaak was closed, something
    took its place). `paused_on` is the first day of a suspension that still runs. `follows_id` is
    the termijn that started this one when it was met. `late_reason` is an id from reasons.yaml.
    """

    __table_args__ = (UniqueConstraint("zaak_id", "norm_id", "start_on"),)

    id: int | None = Field(default=None, primary_key=True)
    zaak_id: int = Field(foreign_key="zaak.id", index=True)
    norm_id: str = Field(max_length=40)
    norm_version: int
    start_on: date
    due_on: date
    warn_on: date
    explanation: dict[str, Any] = _json()
    next_notice_at: datetime | None = _moment(nullable=True, index=True)
    ladder_round: int = Field(
        default=0, sa_column=Column(SmallInteger, nullable=False, server_default="0")
    )
    done_on: date | None = Field(default=None)
    done_at: datetime | None = _moment(nullable=True)
    done_by: int | None = Field(default=None, foreign_key="person.id")
    ended_at: datetime | None = _moment(nullable=True)
    ended_why: str | None = Field(default=None, max_length=24)
    paused_on: date | None = Field(default=None)
    follows_id: int | None = Field(default=None, foreign_key="termijn.id", index=True)
    late_reason: str | None = Field(default=None, max_length=40)
    late_reason_by: int | None = Field(default=None, foreign_key="person.id")


class TermijnChange(SQLModel, table=True):
    """A due date that moved, with the old one: the ledger of a termijn.

    `kind` is extended, ordered (a court order), corrected, recounted, paused or resumed. For a
    suspension `from_day` and `until_day` are its first and last day.
    """

    __tablename__: ClassVar[str] = "termijn_change"

    id: int | None = Field(default=None, primary_key=True)
    termijn_id: int = Field(foreign_key="termijn.id", index=True)
    at: datetime = _moment()
    by: int | None = Field(default=None, foreign_key="person.id")
    kind: str = Field(max_length=12)
    old_due_on: date
    new_due_on: date
    reason: str | None = Field(default=None, max_length=40)
    from_day: date | None = Field(default=None)
    until_day: date | None = Field(default=None)


class Notice(SQLModel, table=True):
    """One thing to tell one person: the outbox. A row before it is a message.

    `dedupe` makes a repeat impossible; `state` is planned, claimed, sent, cancelled or failed.
    `claim` names the claim, `claimed_until` ends it: what is not recorded by then is done again.
    """

    __table_args__ = (
        Index("ix_notice_due", "due_at", "id", sqlite_where=text("state IN ('planned', 'claimed')"),
              postgresql_where=text("state IN ('planned', 'claimed')")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    dedupe: str = Field(unique=True, max_length=80)
    kind: str = Field(max_length=16)
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    termijn_id: int | None = Field(default=None, foreign_key="termijn.id", index=True)
    team_id: int | None = Field(default=None, foreign_key="team.id")
    zaak_id: int | None = Field(default=None, foreign_key="zaak.id")
    about_id: int | None = Field(default=None, foreign_key="person.id")
    recipient: str | None = Field(default=None, max_length=16)
    moment: int | None = Field(default=None)
    tone: str | None = Field(default=None, max_length=16)
    ladder_round: int = Field(
        default=0, sa_column=Column(SmallInteger, nullable=False, server_default="0")
    )
    wanted_at: datetime = _moment()
    due_at: datetime = _moment()
    state: str = Field(default="planned", max_length=12)
    claim: str | None = Field(default=None, max_length=24, index=True)
    claimed_until: datetime | None = _moment(nullable=True)
    attempts: int = Field(default=0)
    sent_at: datetime | None = _moment(nullable=True)
    message_id: int | None = Field(default=None, foreign_key="sent_message.id", index=True)
    failure: str | None = Field(default=None, max_length=40)


class SentMessage(SQLModel, table=True):
    """A message that stands in somebody's chat and shows termijnen, so that it can be kept true.

    `stale_at` is set when what it shows has changed; the outbox then edits it and clears the mark.
    """

    __tablename__: ClassVar[str] = "sent_message"
    __table_args__ = (
        UniqueConstraint("person_id", "channel_message_id"),
        Index("ix_sent_message_stale", "stale_at", sqlite_where=text("stale_at IS NOT NULL"),
              postgresql_where=text("stale_at IS NOT NULL")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    channel_message_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    sent_at: datetime = _moment()
    stale_at: datetime | None = _moment(nullable=True)
    claimed_until: datetime | None = _moment(nullable=True)
    attempts: int = Field(default=0)


class DigestSchedule(SQLModel, table=True):
    """When a team lead gets the next morning digest of a team. Moving `next_at` is the claim."""

    __tablename__: ClassVar[str] = "digest_schedule"
    __table_args__ = (UniqueConstraint("person_id", "team_id"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    team_id: int = Field(foreign_key="team.id")
    next_at: datetime = _moment(index=True)


class Question(SQLModel, table=True):
    """That a question was asked and how it ended; never who asked it.

    `words` are those words of an unanswered question that the content uses too, and gaps for the
    rest. `feedback` is the reason from reasons.yaml that somebody tapped.
    """

    __table_args__ = (
        Index("ix_question_words", "asked_at", sqlite_where=text("words IS NOT NULL"),
              postgresql_where=text("words IS NOT NULL")),
    )  # fmt: skip

    id: int | None = Field(default=None, primary_key=True)
    asked_at: datetime = _moment(index=True)
    outcome: str = Field(max_length=8)
    topic: str | None = Field(default=None, max_length=40)
    card: str | None = Field(default=None, max_length=40)
    confidence: float
    words: str | None = Field(default=None, max_length=240)
    feedback: str | None = Field(default=None, max_length=40)


class Heartbeat(SQLModel, table=True):
    """When a job last finished its round, by name."""

    name: str = Field(primary_key=True, max_length=24)
    at: datetime = _moment()


class JournalLine(SQLModel, table=True):
    """One action, for ever. `hash` covers the line and the hash before it."""

    __tablename__: ClassVar[str] = "journal"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = _moment()
    actor_id: int | None = Field(default=None)
    action: str = Field(max_length=40, index=True)
    subject: str = Field(max_length=40)
    details: dict[str, Any] = _json()
    previous: str = Field(max_length=64)
    hash: str = Field(max_length=64, unique=True)


def stored_id(value: int | None) -> int:
    """The id of a row that has been stored; None would be a mistake of ours.

    Raises:
        LookupError: the row was used before it was stored.
    """
    if value is None:
        raise LookupError("a row without an id was used before it was stored")
    return value
