"""Text as Telegram keeps it: plain characters beside entities counted in UTF-16 units.

Telegram parses the bot's HTML when a message arrives, keeps the plain text, and measures its limits
afterwards. The wording of the errors is Telegram's, so that code which reads it can be tried here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

_TAG_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ENTITY = re.compile(r"&(?:#(?P<dec>\d{1,8})|#[xX](?P<hex>[0-9a-fA-F]{1,6})|(?P<name>\w{1,32}));")
_HTML_SPACE = " \t\r\n\f\v"
_LINK_SCHEMES = frozenset({"http", "https", "tg", "ton", "mailto"})
_LANGUAGE_CLASS = "language-"
_COMMAND = re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?(?![\w/])")
_URL = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
_LITERAL = frozenset({"code", "pre", "text_link"})


class EntityError(ValueError):
    """The markup cannot be read; the message is the tail of Telegram's description."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One styled stretch of text; `offset` and `length` are in UTF-16 units, as Telegram counts."""

    type: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the entity in the form of the Bot API."""
        body: dict[str, Any] = {"type": self.type, "offset": self.offset, "length": self.length}
        if self.url is not None:
            body["url"] = self.url
        if self.language is not None:
            body["language"] = self.language
        return body


@dataclass(frozen=True, slots=True, kw_only=True)
class FormattedText:
    """Plain text with its entities, and the HTML that says the same."""

    text: str
    entities: tuple[Entity, ...] = ()
    html: str = ""


def utf16_length(text: str) -> int:
    """Return the length in UTF-16 code units, the unit of every Telegram limit on text."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def plain(text: str) -> FormattedText:
    """Return text without markup, trimmed, with commands and addresses found as Telegram does."""
    return _finished(text, ())


def with_entities(text: str, entities: Iterable[Mapping[str, Any]]) -> FormattedText:
    """Return text with entities that the bot gave itself; those outside the text are dropped."""
    end = utf16_length(text)
    kept = [
        Entity(
            type=str(each["type"]),
            offset=int(each["offset"]),
            length=min(int(each["length"]), end - int(each["offset"])),
            url=each.get("url"),
            language=each.get("language"),
        )
        for each in entities
        if 0 <= int(each["offset"]) < end and int(each["length"]) > 0
    ]
    return _finished(text, kept)


def parse_html(source: str) -> FormattedText:
    """Read Telegram's HTML.

    Raises EntityError with Telegram's wording where Telegram refuses. Stricter in one point: an
    unknown or impossible entity such as `&nbsp;` is refused, while Telegram shows it to the person
    as it stands. In this product that is always a mistake in a template.
    """
    reader = _Reader(source)
    text, entities = reader.read()
    return _finished(text, entities)


@dataclass(slots=True, kw_only=True)
class _OpenTag:
    name: str
    start: int
    at_byte: int
    attributes: dict[str, str]


class _Reader:
    """Walks once through the source; `_length` is the UTF-16 length of the text so far."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._at = 0
        self._pieces: list[str] = []
        self._length = 0
        self._open: list[_OpenTag] = []
        self._entities: list[Entity] = []

    def read(self) -> tuple[str, list[Entity]]:
        while self._at < len(self._source):
            char = self._source[self._at]
            if char == "&":
                self._read_reference()
            elif char != "<":
                self._emit(char)
                self._at += 1
            elif self._source.startswith("</", self._at):
                self._read_end_tag()
            else:
                self._read_start_tag()
        if self._open:
            raise EntityError(
                f'Can\'t find end tag corresponding to start tag "{self._open[-1].name}"'
            )
        return "".join(self._pieces), self._entities

    def _emit(self, piece: str) -> None:
        self._pieces.append(piece)
        self._length += utf16_length(piece)

    def _byte(self, index: int) -> int:
        return len(self._source[:index].encode("utf-8", "surrogatepass"))

    def _peek(self) -> str:
        return self._source[self._at] if self._at < len(self._source) else ""

    def _skip_space(self) -> None:
        while self._peek() and self._peek() in _HTML_SPACE:
            self._at += 1

    def _take_until(self, stops: str) -> str:
        start = self._at
        while self._peek() and self._peek() not in stops:
            self._at += 1
        return self._source[start : self._at]

    def _read_reference(self) -> None:
        found = _ENTITY.match(self._source, self._at)
        if found is None:
            self._emit("&")
            self._at += 1
            return
        if found["name"]:
            char = _NAMED.get(found["name"].lower())
        else:
            code = int(found["dec"]) if found["dec"] else int(found["hex"], 16)
            usable = 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
            char = chr(code) if usable else None
        if char is None:
            raise EntityError(
                f'Unsupported entity "{found[0]}" at byte offset {self._byte(self._at)}'
            )
        self._emit(char)
        self._at = found.end()

    def _read_start_tag(self) -> None:
        at_byte = self._byte(self._at)
        self._at += 1
        name = self._take_until(_HTML_SPACE + ">").lower()
        if not self._peek():
            raise EntityError(f"Unclosed start tag at byte offset {at_byte}")
        if name not in _TAG_TYPES:
            raise EntityError(f'Unsupported start tag "{name}" at byte offset {at_byte}')
        attributes = self._read_attributes(name, at_byte)
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise EntityError(f'Tag "span" must have class "tg-spoiler" at byte offset {at_byte}')
        self._open.append(
            _OpenTag(name=name, start=self._length, at_byte=at_byte, attributes=attributes)
        )

    def _read_attributes(self, tag: str, at_byte: int) -> dict[str, str]:
        attributes: dict[str, str] = {}
        while True:
            self._skip_space()
            if self._peek() == ">":
                self._at += 1
                return attributes
            name = self._take_until(_HTML_SPACE + "=>").lower()
            if not self._peek():
                raise EntityError(f"Unclosed start tag at byte offset {at_byte}")
            if not name:
                raise EntityError(
                    f'Empty attribute name in the tag "{tag}" at byte offset {at_byte}'
                )
            self._skip_space()
            if self._peek() != "=":
                # <blockquote expandable> is the one attribute without a value.
                if tag == "blockquote" and name == "expandable":
                    attributes[name] = ""
                    continue
                raise EntityError(
                    "Expected equal sign in declaration of an attribute of the tag "
                    f'"{tag}" at byte offset {at_byte}'
                )
            self._at += 1
            self._skip_space()
            attributes[name] = html.unescape(self._read_value(at_byte))

    def _read_value(self, at_byte: int) -> str:
        quote = self._peek()
        if quote and quote in "\"'":
            self._at += 1
            value = self._take_until(quote)
            closed = self._peek() == quote
            self._at += 1
        else:
            value = self._take_until(_HTML_SPACE + ">")
            closed = True
        if not closed or not self._peek():
            raise EntityError(f"Unclosed start tag at byte offset {at_byte}")
        return value

    def _read_end_tag(self) -> None:
        at_byte = self._byte(self._at)
        if not self._open:
            raise EntityError(f"Unexpected end tag at byte offset {at_byte}")
        self._at += 2
        name = self._take_until(_HTML_SPACE + ">").lower()
        self._skip_space()
        if self._peek() != ">":
            raise EntityError(f"Unclosed end tag at byte offset {at_byte}")
        self._at += 1
        opened = self._open.pop()
        if name and name != opened.name:
            raise EntityError(
                f"Unmatched end tag at byte offset {at_byte}, "
                f'expected "</{opened.name}>", found "</{name}>"'
            )
        self._close(opened)

    def _close(self, opened: _OpenTag) -> None:
        length = self._length - opened.start
        if length == 0:
            return
        entity = Entity(type=_TAG_TYPES[opened.name], offset=opened.start, length=length)
        if opened.name == "a":
            # A link to nowhere keeps its words and loses its link, without an error.
            url = opened.attributes.get("href") or "".join(self._pieces)[-length:]
            if not _is_link(url):
                return
            entity = replace(entity, url=url)
        elif opened.name == "blockquote" and "expandable" in opened.attributes:
            entity = replace(entity, type="expandable_blockquote")
        elif opened.name == "code":
            entity = replace(entity, language=_language(opened.attributes))
        elif opened.name == "pre":
            entity = self._pre_with_language(entity)
        self._entities.append(entity)

    def _pre_with_language(self, entity: Entity) -> Entity:
        """`<pre><code class="language-x">` is one entity: the code inside gives its language."""
        for inner in self._entities:
            if (inner.type, inner.offset, inner.length) == ("code", entity.offset, entity.length):
                self._entities.remove(inner)
                return replace(entity, language=inner.language)
        return entity


def _is_link(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in _LINK_SCHEMES and bool(parts.netloc or parts.path)


def _language(attributes: Mapping[str, str]) -> str | None:
    value = attributes.get("class", "")
    return value.removeprefix(_LANGUAGE_CLASS) if value.startswith(_LANGUAGE_CLASS) else None


def _finished(text: str, entities: Sequence[Entity]) -> FormattedText:
    """Trim as Telegram does, then add the commands and addresses that stand in plain sight."""
    lead = len(text) - len(text.lstrip())
    trimmed = text.strip()
    end = utf16_length(trimmed)
    shifted = []
    for each in entities:
        start = max(each.offset - lead, 0)
        stop = min(each.offset - lead + each.length, end)
        language = each.language if each.type == "pre" else None
        if stop > start:
            shifted.append(replace(each, offset=start, length=stop - start, language=language))
    shifted.extend(_in_plain_sight(trimmed, shifted))
    shifted.sort(key=lambda each: (each.offset, -each.length, each.type))
    return FormattedText(
        text=trimmed, entities=tuple(shifted), html=_as_html(trimmed, tuple(shifted))
    )


def _in_plain_sight(text: str, known: Sequence[Entity]) -> list[Entity]:
    found = []
    for kind, pattern in (("bot_command", _COMMAND), ("url", _URL)):
        for match in pattern.finditer(text):
            offset, length = utf16_length(text[: match.start()]), utf16_length(match[0])
            inside = any(
                each.type in _LITERAL
                and each.offset <= offset
                and offset + length <= each.offset + each.length
                for each in known
            )
            if not inside:
                found.append(Entity(type=kind, offset=offset, length=length))
    return found


_OPENING = {
    "bold": "<b>",
    "italic": "<i>",
    "underline": "<u>",
    "strikethrough": "<s>",
    "spoiler": "<tg-spoiler>",
    "code": "<code>",
    "pre": "<pre>",
    "blockquote": "<blockquote>",
    "expandable_blockquote": "<blockquote expandable>",
}


def _as_html(text: str, entities: tuple[Entity, ...]) -> str:
    """Write the text back as HTML; entities come sorted, the outer before the inner."""
    units = text.encode("utf-16-le", "surrogatepass")
    pieces: list[str] = []
    open_until: list[tuple[int, str]] = []
    at = 0

    def copy_to(stop: int) -> None:
        nonlocal at
        piece = units[at * 2 : stop * 2].decode("utf-16-le", "surrogatepass")
        pieces.append(html.escape(piece, quote=False))
        at = stop

    def close_to(stop: int) -> None:
        while open_until and open_until[-1][0] <= stop:
            end, closing = open_until.pop()
            copy_to(end)
            pieces.append(closing)

    for each in entities:
        opening = _OPENING.get(each.type)
        if each.type == "text_link":
            opening = f'<a href="{html.escape(each.url or "")}">'
        if opening is None:
            continue
        close_to(each.offset)
        copy_to(each.offset)
        pieces.append(opening)
        name = opening.strip("<>").split(" ", 1)[0]
        open_until.append((each.offset + each.length, f"</{name}>"))
    close_to(len(units) // 2)
    copy_to(len(units) // 2)
    return "".join(pieces)
