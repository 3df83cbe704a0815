"""The buttons of work in progress: what happens in a zaak, to a termijn, with people and teams.

How a button is written and read is in `handlers.actions`, with the buttons of everything else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from handlers.action import Action


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreOfZaak(Action):
    """Show what else can be done with a zaak: correct a day, hand over, link, close."""

    CODE: ClassVar[str] = "zm1"
    zaak: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowHappenings(Action):
    """Show what may have happened in a zaak."""

    CODE: ClassVar[str] = "zg1"
    zaak: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseWrongDay(Action):
    """Show the days of a zaak that can be corrected."""

    CODE: ClassVar[str] = "zd1"
    zaak: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectDay(Action):
    """Ask for the right day of something that happened in a zaak."""

    CODE: ClassVar[str] = "zc1"
    zaak: int
    event: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseReceiver(Action):
    """Show who can be asked to take a zaak over."""

    CODE: ClassVar[str] = "zo1"
    zaak: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(Action):
    """Ask this person to take a zaak over."""

    CODE: ClassVar[str] = "zp1"
    zaak: int
    person: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptOffer(Action):
    """Take over the zaak one is asked for."""

    CODE: ClassVar[str] = "zy1"
    zaak: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseOffer(Action):
    """Do not take over the zaak one is asked for."""

    CODE: ClassVar[str] = "zn1"
    zaak: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawOffer(Action):
    """Take back the question to take a zaak over."""

    CODE: ClassVar[str] = "zw1"
    zaak: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AskClose(Action):
    """Show what closing a zaak means, to be confirmed."""

    CODE: ClassVar[str] = "zs1"
    zaak: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseZaak(Action):
    """Close a zaak: confirmed."""

    CODE: ClassVar[str] = "zx1"
    zaak: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenZaak(Action):
    """Open a closed zaak again."""

    CODE: ClassVar[str] = "zr1"
    zaak: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseGezin(Action):
    """Show which zaken can be of the same gezin as this one."""

    CODE: ClassVar[str] = "zf1"
    zaak: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkGezin(Action):
    """Let this other zaak be of the same gezin."""

    CODE: ClassVar[str] = "zl1"
    zaak: int
    other: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlinkGezin(Action):
    """Let a zaak be of no gezin any more."""

    CODE: ClassVar[str] = "zu1"
    zaak: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowVisit(Action):
    """Before a visit: what this zaak asks; with the buttons for after it."""

    CODE: ClassVar[str] = "vb1"
    zaak: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited(Action):
    """After a visit, so many days before the press: 0 is today, 1 yesterday."""

    CODE: ClassVar[str] = "vn1"
    zaak: int
    days_ago: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitedOtherDay(Action):
    """After a visit on a day still to be chosen."""

    CODE: ClassVar[str] = "vd1"
    zaak: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreOfTermijn(Action):
    """Show what else can be done with a termijn: extend, suspend, resume."""

    CODE: ClassVar[str] = "tm1"
    termijn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseReason(Action):
    """Show the reasons why a termijn can be late."""

    CODE: ClassVar[str] = "tr1"
    termijn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveReason(Action):
    """This is why a termijn is late."""

    CODE: ClassVar[str] = "tg1"
    termijn: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Extend(Action):
    """Ask until which day a termijn is extended."""

    CODE: ClassVar[str] = "te1"
    termijn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoosePause(Action):
    """Show the reasons why a termijn can be suspended."""

    CODE: ClassVar[str] = "tp1"
    termijn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(Action):
    """Ask from which day a termijn is suspended, for this reason."""

    CODE: ClassVar[str] = "ts1"
    termijn: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(Action):
    """Ask from which day a suspended termijn runs on."""

    CODE: ClassVar[str] = "th1"
    termijn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AwayFor(Action):
    """Ask on which days this person is away."""

    CODE: ClassVar[str] = "wa1"
    person: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseSubstitute(Action):
    """Being away: this person stands in; 0 is nobody."""

    CODE: ClassVar[str] = "ws1"
    nonce: str
    person: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ComeBack(Action):
    """End an absence."""

    CODE: ClassVar[str] = "wb1"
    absence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowRoster(Action):
    """Show on which days of the week somebody works."""

    CODE: ClassVar[str] = "wr1"
    person: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRoster(Action):
    """Let somebody work on these days of the week (a sum of days: Monday 1, Tuesday 2, ...)."""

    CODE: ClassVar[str] = "wt1"
    person: int
    roster: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowTeam(Action):
    """Show the people of a team with their work."""

    CODE: ClassVar[str] = "ga1"
    team: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowMember(Action):
    """Show one person of a team with what can be arranged for them."""

    CODE: ClassVar[str] = "gb1"
    team: int
    person: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseHeir(Action):
    """Show who could take all zaken of this person in a team."""

    CODE: ClassVar[str] = "gc1"
    team: int
    person: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveAll(Action):
    """Give all zaken of this person in a team to another."""

    CODE: ClassVar[str] = "gd1"
    team: int
    person: int
    to: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AskLeave(Action):
    """Show what it means that this person leaves, to be confirmed."""

    CODE: ClassVar[str] = "ge1"
    team: int
    person: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave(Action):
    """This person leaves: confirmed."""

    CODE: ClassVar[str] = "gf1"
    person: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowDuties(Action):
    """Show the recurring duties of a team."""

    CODE: ClassVar[str] = "gt1"
    team: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StartDuty(Action):
    """Ask from which day a duty of a team counts."""

    CODE: ClassVar[str] = "gs1"
    team: int
    norm: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StopDuty(Action):
    """A team does not have this duty (any more)."""

    CODE: ClassVar[str] = "gx1"
    termijn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowRecounts(Action):
    """Show what the norms and the calendar of today would do to open termijnen."""

    CODE: ClassVar[str] = "na1"
    page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyRecounts(Action):
    """Move the open termijnen as shown; `fingerprint` says what was shown."""

    CODE: ClassVar[str] = "nb1"
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddNorm(Action):
    """Show in which zaak a norm could be started."""

    CODE: ClassVar[str] = "an1"
    norm: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddNorms(Action):
    """Show which norm of a card could be started in a zaak."""

    CODE: ClassVar[str] = "an2"
    card: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartNorm(Action):
    """Ask from which day a norm starts in a zaak."""

    CODE: ClassVar[str] = "ao1"
    zaak: int
    norm: str


WORK_ACTIONS = (
    MoreOfZaak, ShowHappenings, ChooseWrongDay, CorrectDay, ChooseReceiver, Offer,
    AcceptOffer, RefuseOffer, WithdrawOffer, AskClose, CloseZaak, ReopenZaak,
    ChooseGezin, LinkGezin, UnlinkGezin, ShowVisit, Visited, VisitedOtherDay,
    MoreOfTermijn, ChooseReason, GiveReason, Extend, ChoosePause, Pause,
    Resume, AwayFor, ChooseSubstitute, ComeBack, ShowRoster, SetRoster,
    ShowTeam, ShowMember, ChooseHeir, GiveAll, AskLeave, Leave,
    ShowDuties, StartDuty, StopDuty, ShowRecounts, ApplyRecounts, AddNorm,
    AddNorms, StartNorm,
)  # fmt: skip
"""All of them."""
