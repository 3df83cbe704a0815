"""A YAML file -> checked entries that know their place, or problems with file, line and remedy.

Stricter than YAML itself: a key given twice, an alias, a merge key or a value that looks like a
date and is none is refused, because each of them hides an error from the editor.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

MAX_FILE_BYTES = 512 * 1024

ModelT = TypeVar("ModelT", bound=BaseModel)
_TEXT, _MAPPING, _SEQUENCE = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "map", "seq"))
Loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in the content: where, what, and what to do about it (in Dutch)."""

    file: Path
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}"


class ContentError(Exception):
    """The content cannot be used. `problems` holds every reason, in order of file and line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Found(Generic[ModelT]):
    """An entry and the place it stands: the file, its part of it, and the layer it came with.

    Layer 0 is the national content; each overlay after it is one higher.
    """

    entry: ModelT
    file: Path
    node: yaml.Node
    layer: int

    def problem(self, what: str, *path: int | str) -> Problem:
        """`what`, at the line of the key that `path` leads to (the entry's first when none)."""
        return Problem(file=self.file, line=_line_of(self.node, path), what=what)


class Reader:
    """Reads the files of one layer after another and keeps every problem it meets."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.layer = 0

    def one_list(self, file: Path, model: type[ModelT]) -> Iterator[Found[ModelT]]:
        """The entries of a file that holds a list; none when there is no such file."""
        return self._entries(file, model, as_list=True)

    def one(self, file: Path, model: type[ModelT]) -> Iterator[Found[ModelT]]:
        """The entry of a file that holds a single one; none when there is no such file."""
        return self._entries(file, model, as_list=False)

    def folder(self, folder: Path, model: type[ModelT]) -> Iterator[Found[ModelT]]:
        """The entries of a folder with one file an entry, named after its id."""
        for file in sorted(folder.glob("*.yaml")):
            for found in self._entries(file, model, as_list=False):
                name = str(getattr(found.entry, "id", ""))
                if not (file.stem == name or file.stem.startswith(f"{name}.v")):
                    self.problems.append(
                        found.problem(
                            f"het bestand heet anders dan id '{name}'; noem het {name}.yaml"
                        )
                    )
                yield found

    def _entries(
        self, file: Path, model: type[ModelT], *, as_list: bool
    ) -> Iterator[Found[ModelT]]:
        if not file.exists():
            return
        try:
            node, data = _parse(file)
        except _UnreadableError as error:
            self.problems.append(Problem(file=file, line=error.line, what=error.what))
            return
        if not as_list:
            pairs: list[tuple[yaml.Node, object]] = [(node, data)]
        elif isinstance(data, list):
            pairs = list(zip(node.value, data, strict=True))
        else:
            self.problems.append(Problem(file=file, line=1, what="hier hoort een lijst te staan"))
            return
        for part, value in pairs:
            try:
                entry = model.model_validate(value)
            except ValidationError as error:
                self.problems += _problems_of(error, part, file)
            else:
                yield Found(entry, file, part, self.layer)


class _UnreadableError(Exception):
    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line, self.what = line, what


def _parse(file: Path) -> tuple[yaml.Node, object]:
    if file.stat().st_size > MAX_FILE_BYTES:
        raise _UnreadableError(
            1, f"het bestand is groter dan {MAX_FILE_BYTES // 1024} kB; splits het"
        )
    return parse_text(file.read_bytes())


def parse_text(text: bytes) -> tuple[yaml.Node, object]:
    """The YAML tree of a text (for line numbers) and its value. One parse, no aliases.

    Pure, and nobody changes what it gives: the same text may be read once for many.
    """
    loader = Loader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            raise _UnreadableError(1, "het bestand is leeg")
        return node, _value(node, loader, set())
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or "onleesbaar"
        line = mark.line + 1 if mark else 1
        raise _UnreadableError(
            line, f"geen geldige YAML ({reason}); controleer inspringing en aanhalingstekens"
        ) from None
    finally:
        loader.dispose()


def _value(node: yaml.Node, loader: Any, seen: set[int]) -> object:
    """The value of a node. In one walk: nothing that hides an error, nothing impossible.

    Refuses a key given twice, an alias (a small file that grows huge), a tag of its own, and a
    value that looks like a date or number and is none.
    """
    if id(node) in seen:
        raise _UnreadableError(
            node.start_mark.line + 1, "gebruik geen verwijzingen (& en *); schrijf het uit"
        )
    seen.add(id(node))
    if node.tag == _TEXT:
        return node.value
    if node.tag == _MAPPING:
        return {key.value: _value(value, loader, seen) for key, value in _checked_keys(node)}
    if node.tag == _SEQUENCE:
        return [_value(value, loader, seen) for value in node.value]
    try:
        return loader.construct_object(node)  # a number, a date, true: or a tag, which it refuses
    except ValueError:
        raise _UnreadableError(
            node.start_mark.line + 1,
            f"'{node.value[:40]}' bestaat niet; controleer de datum (jjjj-mm-dd) of het getal",
        ) from None


def _checked_keys(node: yaml.Node) -> list[tuple[yaml.Node, yaml.Node]]:
    pairs: list[tuple[yaml.Node, yaml.Node]] = node.value
    for key, _ in pairs:
        # "{{ naam }}" is a mapping as a key; "<<" takes over keys without showing them
        if not isinstance(key, yaml.ScalarNode) or key.value == "<<":
            raise _UnreadableError(
                key.start_mark.line + 1, "een sleutel moet een woord zijn; schrijf het uit"
            )
    if len({key.value for key, _ in pairs}) < len(pairs):
        keys = Counter(key.value for key, _ in pairs)
        double = next(key for key, _ in pairs if keys[key.value] > 1)
        raise _UnreadableError(
            double.start_mark.line + 1, f"'{double.value}' staat er twee keer; haal er een weg"
        )
    return pairs


def _problems_of(error: ValidationError, node: yaml.Node, file: Path) -> Iterator[Problem]:
    details = error.errors(include_url=False)
    for detail in details:
        if detail["type"] == "too_short" and _has_deeper(details, detail["loc"]):
            continue  # pydantic leaves refused parts out of the count; the list is not too short
        where = ".".join(str(part) for part in detail["loc"]) or "bestand"
        yield Problem(
            file=file,
            line=_line_of(node, detail["loc"]),
            what=f"'{where}': {_remedy(detail['type'], detail['msg'], detail.get('ctx') or {})}",
        )


def _has_deeper(details: Iterable[ErrorDetails], path: tuple[int | str, ...]) -> bool:
    return any(
        len(detail["loc"]) > len(path) and detail["loc"][: len(path)] == path for detail in details
    )


def _line_of(node: yaml.Node, path: Sequence[int | str]) -> int:
    line: int = node.start_mark.line + 1
    for part in path:
        child = None
        if isinstance(node, yaml.MappingNode):
            child = next((value for key, value in node.value if key.value == str(part)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            child = node.value[part] if part < len(node.value) else None
        if child is None:
            break
        node, line = child, child.start_mark.line + 1
    return line


def _remedy(kind: str, message: str, context: Mapping[str, object]) -> str:
    remedies = {
        "missing": "ontbreekt; vul het in",
        "extra_forbidden": "deze sleutel bestaat niet; controleer de spelling",
        "string_too_long": f"is te lang; kort het in tot {context.get('max_length')} tekens",
        "string_too_short": f"is te kort (minstens {context.get('min_length')} tekens)",
        "too_short": "mag niet leeg zijn; geef er minstens een paar",
        "enum": f"kies uit: {context.get('expected')}".replace(" or ", " of "),
        "literal_error": f"kies uit: {context.get('expected')}".replace(" or ", " of "),
        "model_type": "hier horen sleutels met waarden te staan (sleutel: waarde)",
        "dict_type": "hier horen sleutels met waarden te staan (sleutel: waarde)",
        "tuple_type": "hier hoort een lijst te staan; zet elk deel op een regel met een streepje",
        "string_type": "hier hoort tekst te staan; zet de waarde tussen aanhalingstekens",
        "greater_than_equal": f"is te klein; kies {context.get('ge')} of meer",
        "less_than_equal": f"is te groot; kies {context.get('le')} of minder",
        "string_pattern_mismatch": "alleen kleine letters, cijfers en streepjes",
    }
    if kind.startswith("date"):
        return "geen bestaande datum; schrijf jjjj-mm-dd"
    if kind.startswith("int"):
        return "hier hoort een heel getal te staan"
    if kind.startswith("bool"):
        return "kies true of false"
    if kind.startswith("url"):
        return "geen volledig webadres; begin met https://"
    return remedies.get(kind, message.removeprefix("Value error, "))
