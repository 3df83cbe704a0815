"""Conversations: one a person, and buttons of an older one are refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage import drafts
from storage.refusals import DraftGone
from tests.storage.office import NINE, Office


def start(office: Office, kind: str = drafts.OPEN) -> str:
    return office.database.write(
        drafts.start, now=NINE, actor=office.sanne, kind=kind, data={"kader": "ots"}
    )


def test_a_conversation_remembers_what_was_answered(office: Office) -> None:
    nonce = start(office)
    office.database.write(
        drafts.fill, now=NINE, actor=office.sanne, nonce=nonce, answers={"day": "2026-11-23"}
    )
    found = office.database.read(drafts.get, actor=office.sanne, nonce=nonce, kind=drafts.OPEN)
    assert found.data == {"kader": "ots", "day": "2026-11-23"}


def test_a_new_conversation_takes_the_place_of_the_old(office: Office) -> None:
    old, new = start(office), start(office, drafts.DAY)
    assert office.counts()["draft"] == 1
    with pytest.raises(DraftGone):
        office.database.read(drafts.get, actor=office.sanne, nonce=old)
    with pytest.raises(DraftGone):
        office.database.write(
            drafts.fill, now=NINE, actor=office.sanne, nonce=old, answers={"day": "x"}
        )
    assert office.database.read(drafts.find, actor=office.sanne, nonce=old) is None
    found = office.database.read(drafts.find, actor=office.sanne, nonce=new)
    assert found is not None
    assert found.kind == drafts.DAY


def test_a_button_of_another_kind_of_conversation_is_refused(office: Office) -> None:
    nonce = start(office)
    with pytest.raises(DraftGone):
        office.database.read(drafts.get, actor=office.sanne, nonce=nonce, kind=drafts.DONE)


def test_a_conversation_is_its_persons_alone(office: Office) -> None:
    nonce = start(office)
    with pytest.raises(DraftGone):
        office.database.read(drafts.get, actor=office.omar, nonce=nonce)
    assert office.database.read(drafts.listening, now=NINE, actor=office.omar) is None


def test_it_listens_to_typed_text_for_half_an_hour_from_the_last_answer(office: Office) -> None:
    nonce = start(office)
    later = NINE + timedelta(minutes=20)
    office.database.write(drafts.fill, now=later, actor=office.sanne, nonce=nonce, answers={})
    last = later + drafts.LISTENS_FOR
    listening = office.database.read(drafts.listening, now=last, actor=office.sanne)
    assert listening is not None
    assert listening.nonce == nonce
    after = last + timedelta(seconds=1)
    assert office.database.read(drafts.listening, now=after, actor=office.sanne) is None
    # Its buttons still work.
    assert office.database.read(drafts.get, actor=office.sanne, nonce=nonce) == listening


def test_a_dropped_conversation_is_gone(office: Office) -> None:
    nonce = start(office)
    for _ in range(2):
        office.database.write(drafts.drop, actor=office.sanne)
    with pytest.raises(DraftGone):
        office.database.read(drafts.get, actor=office.sanne, nonce=nonce)
