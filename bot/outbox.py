"""claim -> render -> send -> record, and what to do when sending fails.

A message is sent outside any transaction and recorded after it: a crash in between sends it again,
never loses it. All due notices of one person go out as one message. The retry policy is a pure
function (`decide`); one poisoned notice never stops the rest.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

import structlog
from telegram import Bot
from telegram.error import (
    BadRequest,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from handlers import deliver
from handlers.context import Services
from handlers.overdracht import owner_notice_message
from handlers.render import Message
from handlers.team import digest_message
from handlers.termijnen import reminder_message, should_have_come
from storage import access, figures, keeping, notices, planning, zaak_views
from storage.access import Permission
from storage.notices import ClaimedNotice, StaleMessage

log = structlog.get_logger()

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), timedelta(minutes=30)
MAX_PER_MESSAGE = 8
"""Termijnen in one message; more would need scrolling with one thumb."""

BETWEEN_SENDS = 0.04
"""Seconds between two messages: at most 25 a second, which leaves room for replies (limit: 30)."""

BATCH = 30
STOP_BEFORE_LEASE_ENDS = notices.LEASE.total_seconds() / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Try again after a while. `why` is a kind."""

    after: timedelta
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUp:
    """Never again to this person; somebody else is told. `channel_lost` ends the whole channel."""

    why: str
    channel_lost: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AsPlainText:
    """Telegram cannot read our tags: our own mistake. Send the words without them."""


Decision = Again | GiveUp | AsPlainText


def decide(error: Exception, attempts: int) -> Decision:
    """What to do after `attempts` tries that ended in `error`."""
    wait = min(FIRST_WAIT * 2 ** min(max(attempts - 1, 0), 10), LONGEST_WAIT)
    match error:
        case RetryAfter():
            asked = error.retry_after
            seconds = asked if isinstance(asked, timedelta) else timedelta(seconds=asked)
            return Again(after=seconds + timedelta(seconds=1), why="retry_after")
        case Forbidden():
            return GiveUp(why="blocked", channel_lost=True)
        case BadRequest() if "chat not found" in error.message.lower():
            return GiveUp(why="chat_not_found", channel_lost=True)
        case BadRequest() if "parse entities" in error.message.lower():
            return AsPlainText()
        case InvalidToken():
            return Again(after=LONGEST_WAIT, why="token_refused")
        case TimedOut():
            return Again(after=wait, why="timeout")
        case NetworkError() if not isinstance(error, BadRequest):
            return Again(after=wait, why="network")
        case _:
            return Again(after=wait, why="mistake")


class Outbox:
    """Sends what is due. Holds no state of its own: all of it is in the notices."""

    def __init__(self, services: Services, bot: Bot) -> None:
        self._services = services
        self._bot = bot

    async def send_due(self, now: datetime) -> Counter[str]:
        """Send everything due at `now`; gives counts by outcome and kind."""
        counts: Counter[str] = Counter()
        until = asyncio.get_running_loop().time() + STOP_BEFORE_LEASE_ENDS
        while asyncio.get_running_loop().time() < until:
            claimed = await self._services.db.run_write(notices.claim, now=now, limit=BATCH)
            if not claimed:
                break
            counts["claimed"] += len(claimed)
            for bundle in bundles(claimed):
                outcome = await self._send(bundle, now)
                counts[f"{outcome}_{bundle[0].kind}"] += len(bundle)
                await asyncio.sleep(BETWEEN_SENDS)
        return counts

    async def edit_stale(self, now: datetime) -> int:
        """Edit every message that shows something no longer true; gives how many were edited."""
        edited = 0
        for message in await self._services.db.run_write(notices.claim_stale, now=now, limit=BATCH):
            edited += await self._edit(message, now)
            await asyncio.sleep(BETWEEN_SENDS)
        return edited

    async def _send(self, bundle: Sequence[ClaimedNotice], now: datetime) -> str:
        if bundle[0].revoked:
            return await self._give_up(bundle, GiveUp(why="revoked", channel_lost=False), now)
        try:
            message = await self._render(bundle, now)
            sent_as = await self._deliver(bundle[0].channel_id, message)
        except Exception as error:
            return await self._failed(bundle, error, now)
        await self._services.db.run_write(
            notices.record_sent, now=now, sent=bundle, channel_message_id=sent_as
        )
        return "sent"

    async def _deliver(self, chat_id: int, message: Message) -> int:
        try:
            return await deliver.send(self._bot, chat_id, message)
        except BadRequest as error:
            if not isinstance(decide(error, 1), AsPlainText):
                raise
            log.error("message_unreadable", kind="html")  # noqa: TRY400 - holds no personal data
            return await deliver.send_plain(self._bot, chat_id, message)

    async def _failed(
        self, bundle: Sequence[ClaimedNotice], error: Exception, now: datetime
    ) -> str:
        decision = decide(error, max(notice.attempts for notice in bundle))
        if isinstance(decision, GiveUp):
            return await self._give_up(bundle, decision, now)
        if not isinstance(error, TelegramError):
            log.exception("notice_render_failed", notice=bundle[0].id)
        why = decision.why if isinstance(decision, Again) else "mistake"
        after = decision.after if isinstance(decision, Again) else LONGEST_WAIT
        log.warning("notice_postponed", why=why, seconds=after.total_seconds())
        await self._services.db.run_write(
            notices.postpone, notices=bundle, until=now + after, why=why
        )
        return "postponed"

    async def _give_up(
        self, bundle: Sequence[ClaimedNotice], decision: GiveUp, now: datetime
    ) -> str:
        log.warning("notice_given_up", why=decision.why, person=bundle[0].person_id)
        await self._services.db.run_write(
            notices.give_up,
            now=now,
            rules=self._services.rules,
            notices=bundle,
            why=decision.why,
            channel_lost=decision.channel_lost,
        )
        return "failed"

    async def _render(self, bundle: Sequence[ClaimedNotice], now: datetime) -> Message:
        services, first = self._services, bundle[0]
        today = services.rules.today(now)
        repeat = any(notice.repeat for notice in bundle)
        wanted_at = min(notice.wanted_at for notice in bundle)
        if first.kind == planning.DIGEST and first.team_id is not None:
            digest = await services.db.run_read(
                figures.team_digest, team_id=first.team_id, today=today
            )
            return digest_message(services, digest, wanted_at=wanted_at, sent_at=now, repeat=repeat)
        if first.kind in notices.ABOUT_OWNERS:
            return await self._about_owner(first, today, repeat=repeat, sent_at=now)
        ids = [notice.termijn_id for notice in bundle if notice.termijn_id is not None]
        return await self._reminder(
            ids, first.person_id, now, wanted_at=wanted_at, sent_at=now, repeat=repeat
        )

    async def _about_owner(
        self, notice: ClaimedNotice, today: date, *, repeat: bool, sent_at: datetime
    ) -> Message:
        db, services = self._services.db, self._services
        shown = None
        if notice.zaak_id is not None:
            shown = await db.run_read(zaak_views.by_id, notice.zaak_id)
        names = await db.run_read(zaak_views.first_names, [notice.about_id])
        until = None
        if notice.about_id is not None:
            until = await db.run_read(keeping.away_until, notice.about_id, day=today)
        return owner_notice_message(
            services,
            notice,
            shown,
            other=names.get(notice.about_id) if notice.about_id is not None else None,
            until=until,
            repeat=repeat,
            had_moeten=should_have_come(services, notice.wanted_at, sent_at),
        )

    async def _reminder(
        self,
        termijn_ids: Sequence[int],
        person_id: int,
        now: datetime,
        *,
        wanted_at: datetime | None = None,
        sent_at: datetime | None = None,
        repeat: bool = False,
    ) -> Message:
        db, services = self._services.db, self._services
        found = await db.run_read(zaak_views.termijnen_by_id, list(dict.fromkeys(termijn_ids)))
        heads = await db.run_read(zaak_views.heads, [termijn.zaak_id for termijn in found])
        person = await db.run_read(access.actor_by_id, person_id)
        return reminder_message(
            services,
            found,
            heads,
            person_id=person_id,
            today=services.rules.today(now),
            wanted_at=wanted_at,
            sent_at=sent_at,
            repeat=repeat,
            may_handle=person is not None and person.may(Permission.HANDLE_TERMIJN),
        )

    async def _edit(self, message: StaleMessage, now: datetime) -> int:
        try:
            shown = await self._reminder(message.termijn_ids, message.person_id, now)
            await deliver.edit(self._bot, message.channel_id, message.channel_message_id, shown)
        except Exception as error:
            decision = decide(error, message.attempts)
            if isinstance(decision, Again) and not isinstance(error, BadRequest):
                log.warning("edit_postponed", why=decision.why)
                await self._services.db.run_write(
                    notices.edit_later, message=message, until=now + decision.after
                )
                return 0
            # The message is gone, or will never take this text: nothing left to keep true.
            log.warning("edit_given_up", kind=type(error).__name__)
        await self._services.db.run_write(notices.record_edited, message=message)
        return 1


def bundles(claimed: Sequence[ClaimedNotice]) -> list[list[ClaimedNotice]]:
    """Claimed notices as the messages they become, oldest first.

    The reminders of one person go together; digests and what is about owners go apart.
    """
    together: list[list[ClaimedNotice]] = []
    ordered = sorted(claimed, key=lambda notice: (notice.person_id, notice.kind, notice.id))
    for (_, kind), group in groupby(ordered, key=lambda notice: (notice.person_id, notice.kind)):
        items = list(group)
        size = MAX_PER_MESSAGE if kind == planning.TERMIJN else 1
        together += [items[start : start + size] for start in range(0, len(items), size)]
    return sorted(together, key=lambda bundle: bundle[0].id)
