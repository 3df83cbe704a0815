"""Buttons: typed, versioned, at most 64 bytes, and back again."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import actions
from handlers.actions import ACTIONS, MAX_BYTES, Action, ExpiredButton, decode, encode
from handlers.routing import PRESSES
from knowledge.loader import KnowledgeBase

SLUG = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True).filter(lambda text: len(text) <= 40)
VALUES = {
    int: st.integers(0, 10**9),
    str: SLUG,
    date: st.dates(date(2000, 1, 1), date(2100, 12, 31)),
}


@st.composite
def any_action(draw: st.DrawFn) -> Action:
    kind = draw(st.sampled_from(ACTIONS))
    hints = get_type_hints(kind)
    values = {field.name: draw(VALUES[hints[field.name]]) for field in fields(kind)}
    if "part" in values:
        values["part"] = draw(st.sampled_from(["kort", "stappen", "let-op", "bron"]))
    if "nonce" in values:
        values["nonce"] = draw(st.text("abcXYZ019-_", min_size=8, max_size=8))
    return kind(**values)


@given(any_action())
def test_what_is_encoded_decodes_to_the_same(action: Action) -> None:
    data = encode(action)
    assert len(data.encode()) <= MAX_BYTES
    assert decode(data) == action


@given(st.text(max_size=80))
def test_any_other_data_is_expired_or_something_we_could_have_made(data: str) -> None:
    try:
        action = decode(data)
    except ExpiredButton:
        return
    assert decode(encode(action)) == action


def test_every_action_has_a_code_and_a_handler_of_its_own() -> None:
    assert len({action.CODE for action in ACTIONS}) == len(ACTIONS)
    assert set(PRESSES) == set(ACTIONS)


def test_an_action_that_does_not_fit_is_refused_before_it_is_sent() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        encode(actions.ShowCard(card="x" * 60, part="kort"))
    with pytest.raises(ValueError, match="does not fit"):
        encode(actions.ShowCard(card="a:b", part="kort"))


def test_every_card_norm_and_kader_fits_in_a_button(knowledge: KnowledgeBase) -> None:
    needed: list[Action] = [
        *(actions.ShowCard(card=card, part="stappen") for card in knowledge.cards),
        *(actions.ChooseCard(question=10**9, card=card) for card in knowledge.cards),
        *(actions.GiveFeedback(question=10**9, reason=reason) for reason in knowledge.reasons),
        *(actions.ComputeNorm(norm=norm) for norm in knowledge.norms),
    ]
    for kader in knowledge.kaders.values():
        needed.append(actions.ChooseKader(nonce="12345678", kader=kader.id))
        needed += [actions.FillDay(zaak=10**9, event=event) for event in kader.also]
    assert all(decode(encode(action)) == action for action in needed)
