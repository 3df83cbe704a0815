"""An abbreviation or term alone -> what it means.

Only what is plainly a question for a meaning: an abbreviation, an article number or one word by
itself, or any term asked for in so many words ("wat betekent …"). Several plain words are a
question, and "wat is een OTS" too: those are left to the cards, which say more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from knowledge.models import Term
from knowledge.search import normalise

_ASKED = re.compile(
    r"^(?:wat (?:betekent|betekend|beteken|is de betekenis van)|waar staat|betekenis(?: van)?|"
    r"afkorting(?: van)?|afk|wat bedoelen ze met|wat bedoel(?:t|en) (?:men|jullie) met) "
    r"(?:de afkorting |het woord |de term )?(?P<article>een |de |het )?"
    r"(?P<term>.+?)(?: voor| ook alweer| eigenlijk)*$"
)


class Glossary:
    """Looks terms up by every spelling that is known. Build once; no state."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._terms: dict[str, Term] = {}
        for term in terms:
            for name in (term.term, *term.also):
                self._terms.setdefault(normalise(name), term)

    def find(self, text: str) -> Term | None:
        """The term that `text` asks the meaning of; None when it asks something else."""
        plain = normalise(text)
        if asked := _ASKED.match(plain):
            whole = (asked["article"] or "") + asked["term"]
            return self._terms.get(whole) or self._terms.get(asked["term"])
        found = self._terms.get(plain)
        if found is None or (" " in plain and not _stands_alone(found, plain)):
            return None
        return found


def _stands_alone(term: Term, plain: str) -> bool:
    """Whether several words are still one thing: an abbreviation or an article's number."""
    return term.in_full is not None or any(letter.isdigit() for letter in plain)
