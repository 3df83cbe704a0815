"""Names in a sheet: how they are compared, how they are written, and whose they are."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from storage.refusals import Conflict, NotFound


@dataclass(frozen=True, slots=True)
class Colleagues:
    """The jeugdbeschermers of a team by first name; more than one id is more than one colleague.

    Those who share a name are told apart by the number behind it: "Sanne (12)".
    """

    by_name: Mapping[str, tuple[int, ...]]
    written: Mapping[int, str]
    """How each is written in a sheet, so that `named` finds them again."""

    @classmethod
    def of(cls, names: Mapping[int, str]) -> Colleagues:
        """From first names by id."""
        found: dict[str, tuple[int, ...]] = {}
        for person_id, name in names.items():
            found[folded(name)] = (*found.get(folded(name), ()), person_id)
        written = {}
        for person_id, name in names.items():
            told = f"{plain(name)} ({person_id})"
            found.setdefault(folded(told), (person_id,))
            alone = len(found[folded(name)]) == 1 and folded(name)
            written[person_id] = plain(name) if alone else told
        return cls(found, written)

    def named(self, first_name: str) -> int:
        """The one with this first name, or with this first name and number.

        Raises:
            NotFound: nobody is called so.
            Conflict: more colleagues are.
        """
        found = self.by_name.get(folded(first_name), ())
        if not found:
            raise NotFound("import-collega-onbekend")
        if len(found) > 1:
            raise Conflict("import-collega-dubbel", nummers=", ".join(map(str, sorted(found))))
        return found[0]


def folded(text: str) -> str:
    """A name as it is compared: case, spaces and signs that cannot be seen do not count."""
    return "".join(plain(unicodedata.normalize("NFKC", text)).casefold().split())


def plain(text: str) -> str:
    """Text without signs that cannot be seen: a sheet does not take them all."""
    seen = (sign if sign.isprintable() or sign.isspace() else "" for sign in text)
    return " ".join("".join(seen).split())
