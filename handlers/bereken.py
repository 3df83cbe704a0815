"""Sums without a zaak: nothing is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from handlers.actions import ComputeFrom, ComputeNorm, ExpiredButton
from handlers.context import Reply, Services, Turn, say
from handlers.dagen import day_message
from handlers.render import Button, Message, Texts, grid, plain
from handlers.vragen import region_text, source_data
from knowledge import sums, termijnen
from knowledge.loader import KnowledgeBase
from knowledge.norm_models import Roll
from knowledge.refusals import Refusal
from knowledge.sums import Asked, KaderAsked, NormAsked, Sum
from knowledge.termijnen import DueDate, NormDueDate
from storage import drafts
from storage.zaak_views import ChangeView


async def compute(turn: Turn) -> Reply:
    """`/bereken 6 weken vanaf 3 april`: the day and why."""
    texts = turn.services.texts
    if not turn.text.strip():
        return say(Message(text=texts.screen("bereken_uitleg")))
    asked = sums.parse(turn.text, knowledge=turn.services.knowledge, today=turn.today)
    if asked is None:
        raise Refusal("som-onleesbaar")
    return say(asked_message(turn.services, asked))


async def compute_from(turn: Turn, action: ComputeFrom) -> Reply:
    """One of the days that a sum could be read with was chosen."""
    asked = sums.from_code(action.what, action.start, knowledge=turn.services.knowledge)
    if asked is None:
        raise ExpiredButton
    return say(asked_message(turn.services, asked))


async def ask_start(turn: Turn, action: ComputeNorm) -> Reply:
    """A card's "bereken": ask from which day."""
    norm = turn.services.knowledge.norm_on(action.norm, turn.today)
    nonce = await turn.services.db.run_write(
        drafts.start, now=turn.now, actor=turn.actor, kind=drafts.NORM, data={"norm": norm.id}
    )
    return say(
        day_message(
            turn.services.texts,
            nonce=nonce,
            today=turn.today,
            title=norm.title,
            question=turn.services.texts.phrase("meldingen", "vanaf-welke-dag", norm.counts_from),
            ahead=turn.services.knowledge.events[norm.start_event].may_be_ahead,
        )
    )


def asked_message(services: Services, asked: Asked) -> Message:
    """What was asked, computed; or the question which day is meant, with every outcome.

    Raises:
        Refusal: an impossible amount or date, or a norm that did not hold then.
    """
    if len(asked.days) > 1:
        return _which_day(services, asked)
    if isinstance(asked, Sum):
        return _sum_message(services, asked)
    if isinstance(asked, NormAsked):
        said = read_as(services.knowledge, services.texts, asked)
        return norm_message(services, asked.norm, asked.days[0], said=said)
    return _kader_message(services, asked)


def norm_message(
    services: Services, norm_id: str, start: date, *, said: str | None = None
) -> Message:
    """A norm's due date from a day, with its explanation; `said` is how a typed one was read.

    Raises:
        UnknownNorm: it did not hold on that day.
    """
    computed = from_norm(services.knowledge, norm_id, start)
    return Message(text=why_text(services, computed, code=None, said=said))


def from_norm(knowledge: KnowledgeBase, norm_id: str, start: date) -> NormDueDate:
    """A norm's due date from a day, beside other readings and an organisation's stricter norms.

    Raises:
        UnknownNorm: it did not hold on that day.
    """
    return termijnen.for_norm(
        knowledge.norm_on(norm_id, start),
        start=start,
        calendar=knowledge.calendar,
        stricter=knowledge.stricter_for(norm_id, start),
    )


def from_kader(knowledge: KnowledgeBase, kader: str, start: date) -> list[NormDueDate]:
    """Every termijn that a zaak of this kader gets from the day it asks; the first one first."""
    asks = knowledge.kaders[kader].asks
    found = [
        from_norm(knowledge, norm.id, start)
        for norm in knowledge.norms_for(kader, start)
        if norm.start_event == asks
    ]
    return sorted(found, key=lambda computed: (computed.due.on, computed.norm.id))


def why_text(
    services: Services,
    computed: NormDueDate,
    *,
    code: str | None,
    said: str | None = None,
    due_on: date | None = None,
    changes: Sequence[ChangeView] = (),
) -> str:
    """Why a norm's due date is what it is, in lines that a person can check.

    For a termijn `due_on` is its date now, and `changes` how that came to differ from the sum.
    """
    norm, knowledge = computed.norm, services.knowledge
    return services.texts.screen(
        "waarom",
        datum=due_on or computed.due.on,
        wijzigingen=changes,
        titel=norm.title,
        code=code,
        gelezen=said,
        due=computed.due.model_dump(),
        vrij=knowledge.calendar.why_free(computed.due.on),
        welke_dag_telt=norm.day_count,
        anders=[
            {
                "reading": other.reading,
                "due": other.due,
                "bron": knowledge.sources[other.source].title,
                "organisatie": other.organisation,
            }
            for other in computed.others
        ],
        uitzonderingen=norm.exceptions,
        kracht=norm.force.value,
        regio=region_text(services, norm.region),
        organisatie=norm.organisation,
        norm=norm.id,
        versie=norm.version,
        bronnen=[source_data(services, ref) for ref in norm.sources],
    )


def explanation_lines(knowledge: KnowledgeBase, texts: Texts, due: DueDate) -> list[str]:
    """The explanation of a due date as plain lines, for the command line."""
    free = knowledge.calendar.why_free(due.on)
    return _lines(texts.phrase("uitleg", "regels", due.model_dump(), free))


def norm_lines(knowledge: KnowledgeBase, texts: Texts, computed: NormDueDate) -> list[str]:
    """The same for a norm, with its other readings, version and sources."""
    norm = computed.norm
    more = texts.phrase(
        "uitleg",
        "norm-regels",
        {
            "due": computed.due,
            "anders": computed.others,
            "welke_dag_telt": norm.day_count,
            "uitzonderingen": norm.exceptions,
            "kracht": norm.force.value,
            "norm": norm.id,
            "versie": norm.version,
            "bronnen": [
                f"{knowledge.sources[ref.source].title}, {ref.locator}" for ref in norm.sources
            ],
        },
    )
    return [*explanation_lines(knowledge, texts, computed.due), *_lines(more)]


def read_as(knowledge: KnowledgeBase, texts: Texts, asked: Asked, day: date | None = None) -> str:
    """How something typed was read: "6 weken vanaf vrijdag 3 april 2026"; `day` is one reading."""
    start = day or asked.days[0]
    if isinstance(asked, Sum):
        what = (asked.amount, asked.unit.value, asked.direction.value)
        return plain(texts.phrase("uitleg", "gelezen", *what, start))
    if isinstance(asked, NormAsked):
        title = knowledge.norms[asked.norm][0].title
    else:
        title = knowledge.kaders[asked.kader].title
    return plain(texts.phrase("uitleg", "gelezen-vanaf", title, start))


def statutory_line(knowledge: KnowledgeBase, texts: Texts, due: DueDate) -> str | None:
    """What the day of a plain sum would be for a term set by law; None where that says nothing."""
    if due.roll is not Roll.NONE:
        return None
    by_law = termijnen.statutory(
        start=due.start,
        amount=due.amount,
        unit=due.unit,
        direction=due.direction,
        calendar=knowledge.calendar,
    )
    if by_law.on == due.on and knowledge.calendar.is_working_day(due.on):
        return None
    before = knowledge.calendar.working_day_on_or_before(due.on)
    return plain(texts.phrase("uitleg", "in-een-wet", by_law.model_dump(), before))


def _sum_message(services: Services, asked: Sum) -> Message:
    due = _computed(services.knowledge, asked, asked.days[0])
    return Message(
        text=services.texts.screen(
            "som",
            due=due.model_dump(),
            gelezen=read_as(services.knowledge, services.texts, asked),
            vrij=services.knowledge.calendar.why_free(due.on),
            wet=statutory_line(services.knowledge, services.texts, due),
        )
    )


def _kader_message(services: Services, asked: KaderAsked) -> Message:
    knowledge, day = services.knowledge, asked.days[0]
    kader = knowledge.kaders[asked.kader]
    return Message(
        text=services.texts.screen(
            "som_kader",
            kader=kader.title,
            gelezen=read_as(services.knowledge, services.texts, asked),
            gebeurtenis=knowledge.events[kader.asks].title,
            termijnen=[
                {
                    "titel": computed.norm.title,
                    "datum": computed.due.on,
                    "vroegste": computed.warn_on,
                    "onzeker": computed.due.uncertain,
                }
                for computed in from_kader(knowledge, asked.kader, day)
            ],
        )
    )


def _which_day(services: Services, asked: Asked) -> Message:
    texts = services.texts
    options = [
        {
            "gelezen": read_as(services.knowledge, texts, asked, day),
            "datum": _outcome(services, asked, day),
        }
        for day in asked.days
    ]
    buttons = [
        Button(
            label=texts.label("dag-met-jaar", day), action=ComputeFrom(what=asked.code, start=day)
        )
        for day in asked.days
    ]
    return Message(text=texts.screen("datum_kiezen", opties=options), rows=grid(buttons))


def _outcome(services: Services, asked: Asked, day: date) -> date | None:
    """The day one reading gives; None where it gives more than one, or the norm did not hold."""
    if isinstance(asked, Sum):
        return _computed(services.knowledge, asked, day).on
    if isinstance(asked, KaderAsked):
        return None
    try:
        return from_norm(services.knowledge, asked.norm, day).due.on
    except Refusal:
        return None


def _computed(knowledge: KnowledgeBase, asked: Sum, day: date) -> DueDate:
    return termijnen.compute(
        start=day,
        amount=asked.amount,
        unit=asked.unit,
        direction=asked.direction,
        calendar=knowledge.calendar,
    )


def _lines(text: str) -> list[str]:
    return [line for line in plain(text).splitlines() if line.strip()]
