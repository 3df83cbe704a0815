"""What every button's action is: a frozen value with a code. The actions are in `actions`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What a button stands for. `CODE` is its name and version in the button's data."""

    CODE: ClassVar[str]
