"""For the kennisbeheerder: what was asked and not answered, as a start for a card."""

from __future__ import annotations

from handlers.actions import ShowCard
from handlers.context import Reply, Turn, say
from handlers.render import Button, Message, grid
from handlers.vragen import SHORT
from knowledge.models import Card
from knowledge.unanswered import clusters
from storage import questions

MAX_CLUSTERS, MAX_NEAR, NEAR_FROM = 5, 2, 0.05
"""What is less likely than this is no place to add a question to."""


async def show_unanswered(turn: Turn) -> Reply:
    """`/kennis`: the questions without an answer that are asked most, with the nearest cards."""
    services = turn.services
    words = await services.db.run_read(questions.unanswered, actor=turn.actor)
    found = clusters(words)
    shown = []
    cards: dict[str, Card] = {}
    for cluster in found[:MAX_CLUSTERS]:
        answer = services.answerer.answer(cluster.words)
        near = [
            option.card for option in answer.options[:MAX_NEAR] if option.confidence >= NEAR_FROM
        ]
        cards |= {card.id: card for card in near}
        shown.append({"woorden": cluster.words, "aantal": cluster.count, "kaarten": near})
    buttons = [
        Button(label=card.title, action=ShowCard(card=card.id, part=SHORT))
        for card in cards.values()
    ]
    text = services.texts.screen(
        "kennis", vragen=len(words), groepen=shown, meer=max(len(found) - MAX_CLUSTERS, 0)
    )
    return say(Message(text=text, rows=grid(buttons)))
