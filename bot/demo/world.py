"""The demo's world: a fictional team, a clock that can be moved, and the real bot in between.

Handlers, storage, jobs and outbox are those of the real bot; only Telegram is replaced, by
`BotApi`. Dialogue tests live in the same world.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.app import Running, build_application, build_services, running
from bot.demo.botapi import BotApi
from bot.demo.page import DemoPerson
from bot.demo.request import StandInRequest
from bot.settings import Settings
from handlers.context import Services
from knowledge.loader import EXAMPLE, EXAMPLE_REGION
from storage import access, notices, schema, zaken
from storage.access import Role
from storage.db import Database

TOKEN = "1234567:demo-token-that-opens-nothing"  # noqa: S105
TEAM = "Team Noord"
SECONDS_BETWEEN_ROUNDS = 1.0
QUIET_ROUNDS, SECONDS_BETWEEN_LOOKS = 4, 0.002
MAX_STOPS = 2000
"""Moments at which something may happen on one move of the clock; a year has fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody of the fictional team."""

    user_id: int
    first_name: str
    role: Role
    team: str | None
    hint: str


SANNE = Member(
    user_id=1001,
    first_name="Sanne",
    role=Role.JEUGDBESCHERMER,
    team=TEAM,
    hint="Stel een vraag of open een zaak met /zaak.",
)
KARIM = Member(
    user_id=1002,
    first_name="Karim",
    role=Role.TEAMLEIDER,
    team=TEAM,
    hint="Het overzicht van je team komt op werkdagen om 8.00 uur. Nu zien? Typ /digest.",
)
ELS = Member(
    user_id=1003,
    first_name="Els",
    role=Role.AANDACHTSFUNCTIONARIS,
    team=None,
    hint="Vraag naar de stappen van de meldcode.",
)
NOOR = Member(
    user_id=1004,
    first_name="Noor",
    role=Role.KENNISBEHEERDER,
    team=None,
    hint="Zie met /kennis welke vragen geen antwoord kregen.",
)
MILAN = Member(
    user_id=1005,
    first_name="Milan",
    role=Role.JEUGDBESCHERMER,
    team=TEAM,
    hint="Laat Sanne een zaak aan je overdragen, of neem waar als zij afwezig is.",
)
BAS = Member(
    user_id=1006,
    first_name="Bas",
    role=Role.BEHEERDER,
    team=None,
    hint="Zie met /beheer of termijnen nog kloppen met de normen van nu.",
)
MEMBERS = (SANNE, MILAN, KARIM, ELS, NOOR, BAS)


class DemoClock:
    """A clock that runs, and can be put forward."""

    def __init__(self, start: datetime | None = None, *, frozen: bool = False) -> None:
        real = datetime.now(UTC)
        self._ahead = (start or real) - real
        self._frozen_at = start or real if frozen else None

    def now(self) -> datetime:
        """This moment in the demo, in UTC."""
        return self._frozen_at or datetime.now(UTC) + self._ahead

    def put_forward(self, to: datetime) -> None:
        """Put the clock at `to`; earlier than now does nothing."""
        if to <= self.now():
            return
        if self._frozen_at is not None:
            self._frozen_at = to.astimezone(UTC)
        else:
            self._ahead = to - datetime.now(UTC)


class DemoWorld:
    """The running world, as the page and the tests see it."""

    def __init__(
        self,
        *,
        api: BotApi,
        clock: DemoClock,
        services: Services,
        bot: Running,
        members: Sequence[Member],
    ) -> None:
        self.api = api
        self.clock = clock
        self.services = services
        self.sweeper = bot.sweeper
        self._application = bot.application
        self.people = [
            DemoPerson(
                user_id=member.user_id,
                first_name=member.first_name,
                role_label=member.role.value,
                hint=member.hint,
            )
            for member in members
        ]

    @property
    def timezone(self) -> ZoneInfo:
        """The time zone the demo shows."""
        return self.services.rules.timezone

    def now(self) -> datetime:
        """This moment in the demo, in UTC."""
        return self.clock.now()

    async def settled(self) -> None:
        """Wait until the bot has dealt with everything that was said and pressed so far."""
        quiet = 0
        while quiet < QUIET_ROUNDS:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            busy = (
                self.api.pending_updates()
                or not self._application.update_queue.empty()
                or self._application.update_processor.current_concurrent_updates
            )
            quiet = 0 if busy else quiet + 1

    async def move_clock(self, to: datetime) -> None:
        """Let the time pass until `to`: everything due on the way happens at its own moment.

        Raises:
            ValueError: `to` lies in the past of the demo; the message is a Dutch sentence.
        """
        if to < self.now():
            raise ValueError("De klok kan alleen vooruit. Kies een later moment.")
        for _ in range(MAX_STOPS):
            following = await self.services.db.run_read(notices.next_moment)
            if following is None or following > to:
                break
            self.clock.put_forward(following)
            before = self.now()
            await self.sweeper.sweep(before)
            again = await self.services.db.run_read(notices.next_moment)
            if again is not None and again <= before:
                # Nothing moved (say, a blocked chat that waits): let a little time pass.
                self.clock.put_forward(min(to, before + timedelta(minutes=5)))
        self.clock.put_forward(to)
        await self.sweeper.sweep(self.now())
        self.api.touch()


@asynccontextmanager
async def demo_world(
    settings: Settings,
    database: Database,
    *,
    clock: DemoClock,
    members: Sequence[Member] = MEMBERS,
    seconds_between_rounds: float = SECONDS_BETWEEN_ROUNDS,
) -> AsyncIterator[DemoWorld]:
    """A running world on an empty database; everybody has come in by their invitation.

    Raises:
        ContentError, DatabaseUnavailable: the world cannot be made.
    """
    schema.upgrade(database)
    api = BotApi(TOKEN, now=clock.now)
    services = build_services(settings, database=database, clock=clock)
    offline = without_network(settings)
    application = build_application(
        offline,
        services,
        token=TOKEN,
        request=StandInRequest(api),
        get_updates_request=StandInRequest(api, read_timeout=None),
    )
    async with running(
        offline, services, application, seconds_between_rounds=seconds_between_rounds
    ) as bot:
        world = DemoWorld(api=api, clock=clock, services=services, bot=bot, members=members)
        await _everybody_comes_in(world, members)
        try:
            yield world
        finally:
            api.release_polls()


def without_network(settings: Settings) -> Settings:
    """The settings without anything that reaches outside this program."""
    return settings.model_copy(
        update={"mode": "polling", "listen_port": None, "jobs": "on", "webhook_url": None}
    )


def with_example(settings: Settings) -> Settings:
    """The settings with the fictional organisation's own content, unless there is a real one's."""
    if settings.overlays:
        return settings
    return settings.model_copy(
        update={"knowledge_dirs": str(EXAMPLE), "region": settings.region or EXAMPLE_REGION}
    )


async def open_example_zaken(world: DemoWorld) -> None:
    """A few fictional zaken, so that the first digest has something to say."""
    db, rules, now = world.services.db, world.services.rules, world.now()
    today = rules.today(now)
    examples = (
        (SANNE, "drang-zonder-vto", today - timedelta(days=85)),
        (SANNE, "ots", today - timedelta(days=37)),
        (KARIM, "ots", today - timedelta(days=3)),
    )
    for number, (member, kader, day) in enumerate(examples):
        actor = await db.run_read(access.actor_by_channel, member.user_id)
        if actor is None:
            continue
        await db.run_write(
            zaken.open_zaak,
            now=now,
            actor=actor,
            rules=rules,
            nonce=f"example-{number}",
            kader_id=kader,
            team_id=actor.teams(access.Permission.OPEN_ZAAK)[0],
            day=day,
        )


async def _everybody_comes_in(world: DemoWorld, members: Sequence[Member]) -> None:
    db = world.services.db
    for team in dict.fromkeys(member.team for member in members if member.team):
        await db.run_write(access.add_team, now=world.now(), name=team)
    for member in members:
        world.api.add_person(member.user_id, member.first_name)
        issued = await db.run_write(
            access.invite, now=world.now(), role=member.role, team=member.team
        )
        world.api.say(member.user_id, f"/start {issued.token}")
    await world.settled()
