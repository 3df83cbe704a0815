"""The reference pages that are made from the content: forms of the files, rows served, facts used.

`koersbot kennis docs` writes them; a test says when they have fallen behind. In Dutch, for editors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from pydantic import BaseModel

from knowledge import models, norm_models
from knowledge.loader import KnowledgeBase
from knowledge.register import Register, facts_used, systems_served

MADE = "<!-- Gemaakt met: koersbot kennis docs. Niet met de hand veranderen. -->"

FORMS: tuple[tuple[str, str, type[BaseModel]], ...] = (
    ("Kaart", "`cards/<id>.yaml`, één kaart per bestand", models.Card),
    ("Norm", "`norms/<id>.yaml`, één norm per bestand", norm_models.Norm),
    ("Onderwerp", "`topics.yaml`, een lijst", models.Topic),
    ("Bron", "`sources.yaml`, een lijst", models.Source),
    ("Begrip", "`glossary.yaml`, een lijst", models.Term),
    ("Contact", "`contacts.yaml`, een lijst", models.Contact),
    ("Reden", "`reasons.yaml`, een lijst", models.Reason),
    ("Niet van ons", "`outside.yaml`, een lijst", models.Outside),
    ("Regio", "`regions.yaml`, een lijst", models.Region),
    ("Kader", "`kaders.yaml`, een lijst", norm_models.Kader),
    ("Gebeurtenis", "`events.yaml`, een lijst", norm_models.Event),
    ("Ladder", "`ladders.yaml`, een lijst", norm_models.Ladder),
    ("Cijfer", "`figures.yaml`, een lijst", models.Figure),
    ("Kalender", "`calendar.yaml`", norm_models.CalendarRules),
    ("Uitzetten", "`uit.yaml`, alleen in een eigen map", models.SwitchedOff),
)
PARTS = {
    "SourceRef": "Verwijzing naar een bron",
    "NewerText": "Nieuwere tekst van een bron",
    "Validity": "Geldigheid",
    "Review": "Beoordeling",
    "OtherReading": "Andere lezing",
    "WorkedExample": "Uitgewerkt voorbeeld",
    "Rung": "Trede",
    "TermSource": "Bron van een begrip",
    "FixedDay": "Vaste dag",
    "EasterDay": "Dag rond Pasen",
    "Decree": "Besluit over extra dagen",
}
STATUS = {"verified": "gelezen", "disputed": "bronnen verschillen", "memory": "vakkennis"}


def forms_page() -> str:
    """The form of every file, from the models."""
    parts: dict[str, Mapping[str, Any]] = {}
    lines = [
        "# De vorm van elk bestand",
        "",
        MADE,
        "",
        "Zo schrijf je de bestanden van de kennisbank. "
        "Elke sleutel die hier niet staat, is een fout. "
        "Hoe je een kaart maakt, staat in [kaart-toevoegen.md](../how-to/kaart-toevoegen.md).",
        "",
    ]
    for title, place, model in FORMS:
        schema = model.model_json_schema(by_alias=True)
        definitions = schema.get("$defs", {})
        parts |= definitions
        lines += [f"## {title}", "", f"Bestand: {place}.", "", *_table(schema, definitions), ""]
    lines += ["# De onderdelen", ""]
    known = {name: part for name, part in parts.items() if "properties" in part}
    for name, title in PARTS.items():
        lines += [f"## {title}", "", *_table(known.pop(name), parts), ""]
    if known:
        raise LookupError(f"a part without a Dutch title: {sorted(known)}")
    return "\n".join(lines).rstrip() + "\n"


def systems_page(knowledge: KnowledgeBase, register: Register) -> str:
    """Every row of the five policy documents, with what serves it or why nothing does."""
    served = systems_served(knowledge)
    count = sum(row in served for row in register.systems)
    lines = [
        "# Wat de vijf beleidsdocumenten noemen, en wat Koersbot ermee doet",
        "",
        MADE,
        "",
        f"{len(register.systems)} rijen: {count} worden bediend door een kaart, norm, ladder of "
        f"cijfer; {len(register.systems) - count} niet, met de reden erbij.",
        "",
    ]
    rows = [found.entry for found in register.systems.values()]
    for document, of_document in groupby(rows, key=lambda row: row.document):
        lines += [f"## {document}", "", "| rij | naam | bediend door |", "|---|---|---|"]
        for row in of_document:
            by = _named(served.get(row.id, ())) or f"niet: {row.reason}"
            lines.append(f"| {row.id} | {_cell(row.name)} | {_cell(by)} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def facts_page(knowledge: KnowledgeBase, register: Register) -> str:
    """Every researched fact, with what rests on it or why nothing does."""
    used = facts_used(knowledge)
    count = sum(fact in used for fact in register.facts)
    lines = [
        "# De feiten waarop de kennisbank rust",
        "",
        MADE,
        "",
        f"{len(register.facts)} onderzochte feiten: {count} worden gebruikt door een kaart of "
        "norm. Bij de andere staat waarom niet. Een feit uit vakkennis wordt pas een kaart als er "
        "een bron is, of als de kaart zegt dat het nog gecontroleerd moet worden.",
        "",
        "| feit | status | gebruikt door |",
        "|---|---|---|",
    ]
    for fact_id, found in register.facts.items():
        fact = found.entry
        reason = fact.reason or "vakkennis zonder bron"
        by = _named(used.get(fact_id, ())) or f"niet: {reason}"
        lines.append(f"| {fact_id} | {STATUS[fact.status]} | {_cell(by)} |")
    return "\n".join(lines) + "\n"


def pages(knowledge: KnowledgeBase, register: Register) -> dict[str, str]:
    """Every page by its file name in `docs/reference/`."""
    return {
        "kennis-vorm.md": forms_page(),
        "systemen.md": systems_page(knowledge, register),
        "feiten.md": facts_page(knowledge, register),
    }


def _table(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Iterator[str]:
    required = set(schema.get("required", ()))
    yield "| sleutel | moet? | wat het is | vorm |"
    yield "|---|---|---|---|"
    for key, field in schema["properties"].items():
        must = "ja" if key in required else "nee"
        what = field.get("description", "")
        default = field.get("default")
        if default not in (None, [], {}, False) and not isinstance(default, dict):
            what += f"; anders `{default}`"
        yield f"| `{key}` | {must} | {what} | {_shape(field, definitions)} |"


def _shape(field: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    if "anyOf" in field:
        kinds = [kind for kind in field["anyOf"] if kind.get("type") != "null"]
        return " of ".join(_shape(kind, definitions) for kind in kinds)
    if "$ref" in field or "allOf" in field:
        ref = field.get("$ref") or field["allOf"][0]["$ref"]
        name = ref.rsplit("/", 1)[-1]
        part = definitions.get(name, {})
        if "enum" in part:
            return _choices(part["enum"])
        title = PARTS[name]
        return f"[{title.lower()}](#{title.lower().replace(' ', '-')})"
    if "enum" in field:
        return _choices(field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    return _plain_shape(field, definitions)


def _plain_shape(field: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    kind = field.get("type")
    if kind == "array":
        return f"lijst: {_shape(field['items'], definitions)}"
    if kind == "object":
        values = field.get("additionalProperties")
        names = field.get("propertyNames", {})
        keys = f" ({_shape(names, definitions)})" if "$ref" in names or "enum" in names else ""
        inside = _shape(values, definitions) if isinstance(values, dict) else "tekst"
        return f"sleutels{keys} met {inside}"
    if kind == "boolean":
        return "`true` of `false`"
    if kind == "integer":
        low, high = field.get("minimum"), field.get("maximum")
        reach = f", {low} tot {high}" if high is not None else f", {low} of meer" if low else ""
        return f"heel getal{reach}"
    formats = {"date": "datum (jjjj-mm-dd)", "uri": "webadres (https://…)"}
    if field.get("format") in formats:
        return formats[field["format"]]
    if field.get("pattern", "").startswith("^[a-z0-9"):
        return f"kleine letters, cijfers en streepjes, hoogstens {field['maxLength']} tekens"
    length = (
        f", {field['minLength']} tot {field['maxLength']} tekens" if "maxLength" in field else ""
    )
    return f"tekst{length}"


def _choices(values: list[object]) -> str:
    return ", ".join(f"`{value}`" for value in values)


def _named(what: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(what))


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
