"""A folder of an organisation's own content, for tests that spoil one thing in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.loader import ContentError, KnowledgeBase, Problem, load

# A card and a norm of our own, in which every line is known.
CARD = """\
id: proef
topic: vto.wat-is
titel: Een proefkaart over niets
antwoord: >-
  Dit is een antwoord dat alleen in een test bestaat.
wie_beslist: De test.
status: vastgesteld
bronnen:
  - bron: jeugdwet
    plaats: art. 1
    gelezen: 2026-11-22
verwant: [vto-wat-is]
vragen:
  - hoe groen is een proefkaart
  - waarom bestaat de proefkaart
"""
NORM = """\
id: proefnorm
versie: 101
titel: Een proefnorm
aantal: 5
eenheid: dagen
telt_vanaf: de start van de test
gebeurtenis: kennisgeving
welke_dag_telt: De startdag telt niet mee.
afronden: none
kalender: algemene-termijnenwet
kracht: organisatie
kaders: [ots]
geldig: {van: 2026-01-01}
bronnen:
  - {bron: jeugdwet, plaats: art. 1, gelezen: 2026-11-22}
twijfel:
  - {lezing: een andere telling, bron: jeugdwet, aantal: 4, eenheid: dagen}
ladder: korte-termijn
voorbeelden:
  - {start: 2026-11-02, eind: 2026-11-07, waarom: een}
  - {start: 2026-11-03, eind: 2026-11-08, waarom: twee}
  - {start: 2026-11-04, eind: 2026-11-09, waarom: drie}
"""


class Overlay:
    """A folder of an organisation's own content, next to the national one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "cards").mkdir(parents=True)
        (folder / "norms").mkdir()

    def write(self, name: str, text: str | bytes) -> Path:
        file = self.folder / name
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    def card(self, text: str = CARD, name: str = "proef") -> Path:
        return self.write(f"cards/{name}.yaml", text)

    def norm(self, text: str = NORM, name: str = "proefnorm") -> Path:
        return self.write(f"norms/{name}.yaml", text)

    def load(self) -> KnowledgeBase:
        return load([self.folder])

    def problems(self) -> tuple[Problem, ...]:
        with pytest.raises(ContentError) as refusal:
            self.load()
        assert str(refusal.value) == "\n".join(str(one) for one in refusal.value.problems)
        return refusal.value.problems

    def problem(self) -> Problem:
        (one,) = self.problems()
        return one


def swapped(old: str, new: str, text: str = CARD) -> str:
    """`text` with one thing changed, which must stand in it once."""
    assert text.count(old) == 1, f"{old!r} must stand in the text once"
    return text.replace(old, new)


def line_of(file: Path, part: str) -> int:
    """The one line of a file that has `part` in it."""
    lines = file.read_text(encoding="utf-8").splitlines()
    (number,) = (number for number, line in enumerate(lines, start=1) if part in line)
    return number
