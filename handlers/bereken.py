"""Sums without a zaak: nothing is kept."""

from __future__ import annotations

from datetime import date

from handlers.actions import ComputeNorm
from handlers.context import Reply, Services, Turn, say
from handlers.dagen import day_message
from handlers.render import Message, Texts
from handlers.vragen import region_text, source_data
from knowledge import dates, termijnen
from knowledge.loader import KnowledgeBase
from knowledge.refusals import Refusal
from knowledge.termijnen import NormDueDate
from storage import drafts


async def compute(turn: Turn) -> Reply:
    """`/bereken 6 weken vanaf 3 april`: the day and why."""
    texts = turn.services.texts
    if not turn.text.strip():
        return say(Message(text=texts.screen("bereken_uitleg")))
    asked = dates.parse_sum(turn.text, today=turn.today)
    if asked is None:
        raise Refusal("som-onleesbaar")
    return say(sum_message(turn.services, asked))


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


def sum_message(services: Services, asked: dates.Sum) -> Message:
    """A sum's day with its explanation."""
    due = termijnen.compute(
        start=asked.start,
        amount=asked.amount,
        unit=asked.unit,
        calendar=services.knowledge.calendar,
    )
    free = services.knowledge.calendar.why_free(due.on)
    return Message(text=services.texts.screen("som", due=due.model_dump(), vrij=free))


def norm_message(services: Services, norm_id: str, start: date) -> Message:
    """A norm's due date from a day, with its explanation."""
    norm = services.knowledge.norm_on(norm_id, start)
    computed = termijnen.for_norm(norm, start=start, calendar=services.knowledge.calendar)
    return Message(text=why_text(services, computed, code=None))


def why_text(services: Services, computed: NormDueDate, *, code: str | None) -> str:
    """Why a norm's due date is what it is, in lines that a person can check."""
    norm, knowledge = computed.norm, services.knowledge
    return services.texts.screen(
        "waarom",
        datum=computed.due.on,
        titel=norm.title,
        code=code,
        due=computed.due.model_dump(),
        vrij=knowledge.calendar.why_free(computed.due.on),
        welke_dag_telt=norm.day_count,
        anders=[
            {
                "reading": other.reading,
                "due": other.due,
                "bron": knowledge.sources[other.source].title,
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


def explanation_lines(knowledge: KnowledgeBase, texts: Texts, due: termijnen.DueDate) -> list[str]:
    """The explanation of a due date as plain lines, for the command line."""
    free = knowledge.calendar.why_free(due.on)
    text = texts.phrase("uitleg", "regels", due.model_dump(), free)
    return [line for line in text.splitlines() if line.strip()]
