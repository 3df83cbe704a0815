"""Questions and cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from handlers.actions import (
    AskFeedback,
    ChooseCard,
    ComputeNorm,
    GiveFeedback,
    NoneOfThese,
    ShowCard,
)
from handlers.context import Reply, Services, Turn, say
from handlers.render import Button, Message, grid
from handlers.work_actions import (
    AddNorm,
    AddNorms,
)
from knowledge.answering import Answer, Kind
from knowledge.models import NATIONAL_REGION, Card, Outside, ReasonKind, SourceRef, Term
from knowledge.refusals import Refusal
from knowledge.search import MAX_QUESTION
from storage import questions
from storage.access import Actor, Permission, Role

SHORT, STEPS, CAUTIONS, SOURCES = "kort", "stappen", "let-op", "bron"
GOOD, MISSED = "goed-antwoord", "geen-antwoord"
"""Reasons that have a button of their own."""

MAX_RELATED = 2
MAX_NORMS = 3


async def ask(turn: Turn) -> Reply:
    """Answer a typed question: the card, a choice, or "dat weet ik niet"."""
    services = turn.services
    if not turn.text.strip():
        return say(Message(text=services.texts.screen("help", **help_data(turn.actor))))
    if len(turn.text) > MAX_QUESTION:
        raise Refusal("vraag-te-lang", hoogste=MAX_QUESTION)
    region = turn.actor.region or services.region
    before = await services.db.run_read(questions.last_card, now=turn.now, actor=turn.actor)
    answer = services.answerer.answer(turn.text, region=region, after=before)
    open_question = answer.kind is not Kind.SURE and answer.refusal is None
    question = await services.db.run_write(
        questions.record,
        now=turn.now,
        actor=turn.actor,
        outcome=answer.kind.value,
        topic=answer.topic,
        card=answer.card.id if answer.card else None,
        confidence=answer.confidence,
        words=services.cleaner.clean(turn.text) if open_question else None,
    )
    return say(answer_message(services, turn.actor, answer, question))


async def choose_card(turn: Turn, action: ChooseCard) -> Reply:
    """One of the offered cards is meant: show it, and count the question as answered."""
    services = turn.services
    card = services.knowledge.cards.get(action.card)
    if card is None:
        raise Refusal("kaart-weg")
    await services.db.run_write(
        questions.chosen, now=turn.now, actor=turn.actor, question=action.question, card=card.id
    )
    message = card_message(services, turn.actor, card, part=SHORT)
    return Reply(edit=with_feedback(services, message, action.question))


async def ask_feedback(turn: Turn, action: AskFeedback) -> Reply:
    """What is wrong with the answer: one tap on a reason."""
    reasons = [
        Button(label=reason.text, action=GiveFeedback(question=action.question, reason=reason.id))
        for reason in turn.services.knowledge.reasons.values()
        if reason.kind is ReasonKind.FEEDBACK and reason.id not in (GOOD, MISSED)
    ]
    return say(Message(text=turn.services.texts.screen("feedback"), rows=grid(reasons)))


async def give_feedback(turn: Turn, action: GiveFeedback) -> Reply:
    """Keep the reason; nothing that was typed."""
    services = turn.services
    reason = services.knowledge.reasons.get(action.reason)
    if reason is None or reason.kind is not ReasonKind.FEEDBACK:
        raise Refusal("knop-verlopen")
    await services.db.run_write(questions.give_feedback, question=action.question, reason=reason.id)
    thanks = services.texts.phrase("meldingen", "feedback-bewaard")
    if reason.id in (GOOD, MISSED):
        return Reply(toast=thanks)
    return Reply(edit=Message(text=thanks), toast=thanks)


async def show_card(turn: Turn, action: ShowCard) -> Reply:
    """Show a part of a card in place of the message the button stood in."""
    card = turn.services.knowledge.cards.get(action.card)
    if card is None:
        raise Refusal("kaart-weg")
    return Reply(edit=card_message(turn.services, turn.actor, card, part=action.part))


async def none_of_these(turn: Turn, action: NoneOfThese) -> Reply:
    """None of what was offered is meant: say who does know."""
    await turn.services.db.run_write(questions.not_answered, question=action.question)
    return Reply(edit=unknown(turn.services, action.question, after_choice=True))


def answer_message(services: Services, actor: Actor, answer: Answer, question: int) -> Message:
    """The answer to a question as a message."""
    if answer.term is not None:
        return with_feedback(services, term_message(services, answer.term), question)
    if answer.card is not None:
        read_as = answer.read_as if answer.read_as != answer.card.title else None
        shown = card_message(services, actor, answer.card, part=SHORT, read_as=read_as)
        return with_feedback(services, shown, question)
    texts = services.texts
    if answer.refusal is not None:
        refused = refusal_message(services, answer.refusal, answer.nearby)
        small_talk = answer.refusal.who_knows is None
        return refused if small_talk else with_feedback(services, refused, question)
    if answer.kind is Kind.NONE:
        return unknown(services, question)
    options = [
        Button(label=option.card.title, action=ChooseCard(question=question, card=option.card.id))
        for option in answer.options
    ]
    none = texts.button("geen-van-deze", action=NoneOfThese(question=question))
    return Message(text=texts.screen("kies", twee=answer.two_parts), rows=grid([*options, none]))


def card_message(
    services: Services, actor: Actor, card: Card, *, part: str, read_as: str | None = None
) -> Message:
    """A part of a card as a message, with buttons to its other parts and what follows from it."""
    text = services.texts.screen(
        "kaart",
        deel=part,
        gelezen_als=read_as,
        titel=card.title,
        regio=region_text(services, card.region),
        organisatie=card.organisation,
        antwoord=card.answer,
        stappen=card.steps,
        let_op=card.cautions,
        status=card.status.value,
        afgelopen=card.validity.valid_until,
        bronnen=[source_data(services, ref) for ref in card.sources],
        wie_beslist=card.decides,
        bellen_naar=[services.knowledge.contacts[contact] for contact in card.contacts],
        gevaar=card.danger,
        altijd=services.knowledge.always_reachable,
    )
    return Message(text=text, rows=_card_rows(services, actor, card, part))


def term_message(services: Services, term: Term) -> Message:
    """What an abbreviation or term means, with a button to the card that explains it."""
    knowledge, where = services.knowledge, None
    if term.source is not None:
        where = f"{knowledge.sources[term.source.source].title}, {term.source.locator}"
    text = services.texts.screen(
        "begrip", term=term.term, voluit=term.in_full, uitleg=term.meaning, bron=where
    )
    card = knowledge.cards.get(term.card) if term.card else None
    if card is None:
        return Message(text=text)
    return Message(
        text=text, rows=((Button(label=card.title, action=ShowCard(card=card.id, part=SHORT)),),)
    )


def refusal_message(services: Services, refusal: Outside, nearby: Sequence[Card]) -> Message:
    """A subject that is not ours: why, who does know, and which cards come near; or small talk."""
    if refusal.who_knows is None:
        return Message(text=services.texts.screen("praatje", antwoord=refusal.answer))
    text = services.texts.screen(
        "niet_van_ons",
        antwoord=refusal.answer,
        wie_wel=refusal.who_knows,
        dichtbij=bool(nearby),
        gevaar=refusal.danger,
        altijd=services.knowledge.always_reachable,
    )
    return Message(text=text, rows=grid([_to_card(card.title, card) for card in nearby]))


def unknown(services: Services, question: int, *, after_choice: bool = False) -> Message:
    """ "Dat weet ik niet", and who does know; one tap says that an answer was missed."""
    texts, always = services.texts, services.knowledge.always_reachable
    missed = texts.button("gemist", action=GiveFeedback(question=question, reason=MISSED))
    text = texts.screen("weet_ik_niet", na_keuze=after_choice, altijd=always)
    return Message(text=text, rows=((missed,),))


def with_feedback(services: Services, message: Message, question: int) -> Message:
    """An answer with two small buttons under it: it helped, or something is wrong."""
    good = services.texts.button("hielp", action=GiveFeedback(question=question, reason=GOOD))
    wrong = services.texts.button("klopt-niet", action=AskFeedback(question=question))
    return replace(message, rows=(*message.rows, (good, wrong)))


def region_text(services: Services, region: str) -> str | None:
    """A region as people read it; None for what holds nationally."""
    return None if region == NATIONAL_REGION else services.knowledge.regions[region].title


def source_data(services: Services, ref: SourceRef) -> dict[str, object]:
    """A source reference as the texts need it."""
    source = services.knowledge.sources[ref.source]
    return {
        "titel": source.title,
        "plaats": ref.locator,
        "gelezen": ref.read_on,
        "tekst_van": ref.text_of,
        "controleren": ref.recheck,
        "zegt": ref.says,
        "adres": str(source.url) if source.url else None,
    }


def help_data(actor: Actor) -> dict[str, object]:
    """What the help screen needs to show only what this person may do."""
    return {
        "naam": actor.first_name,
        "zaken": actor.may(Permission.OPEN_ZAAK),
        "team": actor.may(Permission.SEE_TEAM),
        "kennis": actor.may(Permission.KEEP_CONTENT),
        "beheer": actor.may(Permission.MANAGE),
        "ochtend": any(held.role is Role.TEAMLEIDER for held in actor.held),
    }


def _card_rows(
    services: Services, actor: Actor, card: Card, part: str
) -> tuple[tuple[Button, ...], ...]:
    texts = services.texts
    there = {SHORT: True, STEPS: bool(card.steps), CAUTIONS: bool(card.cautions), SOURCES: True}
    labels = {SHORT: "terug-naar-antwoord", STEPS: "stappen", CAUTIONS: "let-op", SOURCES: "bron"}
    rows = [
        tuple(
            texts.button(labels[other], action=ShowCard(card=card.id, part=other))
            for other in labels
            if there[other] and other not in (part, SHORT)
        )
    ]
    if part != SHORT:
        rows.append((texts.button(labels[SHORT], action=ShowCard(card=card.id, part=SHORT)),))
        return tuple(row for row in rows if row)
    knowledge = services.knowledge
    titles = {norm: knowledge.norms[norm][0].title for norm in card.norms[:MAX_NORMS]}
    onward = [
        texts.button("bereken", action=ComputeNorm(norm=norm))
        if len(titles) == 1
        else Button(label=texts.label("bereken-norm", title), action=ComputeNorm(norm=norm))
        for norm, title in titles.items()
    ]
    in_zaken = [norm for norm in titles if knowledge.norms[norm][0].concerns == "zaak"]
    if actor.may(Permission.OPEN_ZAAK) and in_zaken:
        add = AddNorm(norm=in_zaken[0]) if len(in_zaken) == 1 else AddNorms(card=card.id)
        onward.append(texts.button("in-mijn-termijnen", action=add))
    rows += grid(onward, 2 if len(titles) == 1 else 1)
    current = knowledge.cards.get(card.replaced_by) if card.replaced_by else None
    if current is not None:
        rows.append((_to_card(texts.label("nu", current.title), current),))
    nearer = own_region_card(services, actor, card)
    if nearer is not None:
        rows.append((_to_card(texts.label("in-mijn-regio", nearer.title), nearer),))
    shown = {other.id for other in (current, nearer) if other is not None}
    related = [knowledge.cards[other] for other in card.related if other not in shown]
    rows += [(_to_card(other.title, other),) for other in related[:MAX_RELATED]]
    return tuple(row for row in rows if row)


def own_region_card(services: Services, actor: Actor, card: Card) -> Card | None:
    """What the person's own region says of the same subject, when this card is not of it."""
    knowledge = services.knowledge
    around = knowledge.regions_of(actor.region or services.region)
    if card.region in around:
        return None
    own = [other for other in knowledge.cards_by_topic[card.topic] if other.region in around]
    return min(own, key=lambda other: around.index(other.region), default=None)


def _to_card(label: str, card: Card) -> Button:
    return Button(label=label, action=ShowCard(card=card.id, part=SHORT))
