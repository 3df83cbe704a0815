"""What the Algemene termijnenwet does with a term: pure rules, no dates.

Text of 10-10-2010, read 22-11-2026 (facts `atw-*` of the register):

- **art. 1 lid 1**: a term that ends on a Saturday, Sunday or holiday goes on to the next ordinary
  day. **Lid 2**: not one that is counted back from a moment.
- **art. 2**: a term of three days or more holds at least two ordinary days, and is made longer
  until it does.
- **art. 4**: none of this for terms in hours, of more than 90 days, twelve weeks or three months,
  in years (a), or of deprivation of liberty (c).
- **art. 5**: the same for terms in an order in council, such as the Besluit Jeugdwet.
"""

from __future__ import annotations

from enum import StrEnum

from knowledge.norm_models import Direction, Unit


class Exempt(StrEnum):
    """Why the act leaves a term alone: counted back, too long or in years, or about liberty."""

    TERUG = "terug"
    LANG = "lang"
    VRIJHEIDSBENEMING = "vrijheidsbeneming"


LONGEST = {Unit.DAGEN: 90, Unit.WEKEN: 12, Unit.MAANDEN: 3, Unit.JAREN: 0}
"""The longest terms that art. 4 under a leaves in the act; exactly so long is still in it."""

ORDINARY_DAYS = 2
"""How many ordinary days a term of three days or more holds (art. 2)."""

_SHORTEST = {Unit.DAGEN: 3, Unit.WERKDAGEN: 3}


def exempt(
    amount: int, unit: Unit, direction: Direction, *, deprives_liberty: bool = False
) -> Exempt | None:
    """Why this term is outside art. 1 and 2, or None when the act extends it.

    Terms in working days are never too long: they end on an ordinary day whatever the act does.
    """
    if direction is Direction.TERUG:
        return Exempt.TERUG
    if deprives_liberty:
        return Exempt.VRIJHEIDSBENEMING
    return Exempt.LANG if amount > LONGEST.get(unit, amount) else None


def least_ordinary_days(amount: int, unit: Unit) -> int:
    """How many ordinary days a term that the act extends must hold: two, or none below 3 days."""
    return ORDINARY_DAYS if amount >= _SHORTEST.get(unit, 1) else 0
