"""The pydantic model of every kind of YAML in `knowledge/content`.

Keys in YAML are Dutch, because professionals edit them; attributes are English. Every model is
frozen and refuses unknown keys: a misspelt key is an error, never silently nothing.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
FactId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
TopicId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+\.[a-z0-9-]+$", max_length=40)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=400)]
Phrasing = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=240)]

FIRST_SCREEN_MAX = 600
"""Characters of a card's answer: one phone screen, read with one thumb."""


class ContentModel(BaseModel):
    """Base of everything read from YAML: frozen, by Dutch key, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Unit(StrEnum):
    """The unit a norm counts in. Years are twelve months; a half does not exist."""

    WERKDAGEN = "werkdagen"
    DAGEN = "dagen"
    WEKEN = "weken"
    MAANDEN = "maanden"
    JAREN = "jaren"


MAX_AMOUNT = {
    Unit.WERKDAGEN: 2000,
    Unit.DAGEN: 3660,
    Unit.WEKEN: 520,
    Unit.MAANDEN: 480,
    Unit.JAREN: 40,
}
"""The longest term there is, for a norm and for a sum; a longer one is a typing error."""


class Roll(StrEnum):
    """What happens when the last day is no working day.

    `none`: nothing, the day itself counts. `next`: on to the next working day (Algemene
    termijnenwet, art. 1 lid 1). `previous`: back to the last working day before it.
    """

    NONE = "none"
    NEXT = "next"
    PREVIOUS = "previous"


class Direction(StrEnum):
    """Counting forward from a start, or back from an end."""

    VOORUIT = "vooruit"
    TERUG = "terug"


class Force(StrEnum):
    """How binding a norm is."""

    WET = "wet"
    RICHTLIJN = "richtlijn"
    REGIONAAL = "regionaal"
    ORGANISATIE = "organisatie"


class StartEvent(StrEnum):
    """The day in a zaak that a norm counts from. A zaak keeps one date an event."""

    KENNISGEVING = "kennisgeving"
    INGANG_MAATREGEL = "ingang-maatregel"
    START_DRANG = "start-drang"


class Validity(ContentModel):
    """From which day until and including which day a rule or text holds."""

    valid_from: date | None = Field(default=None, alias="van")
    valid_until: date | None = Field(default=None, alias="tot")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError("'geldig': 'tot' ligt voor 'van'")
        return self

    def holds_on(self, day: date) -> bool:
        """Whether `day` lies within the validity, both ends included."""
        after_start = self.valid_from is None or self.valid_from <= day
        return after_start and (self.valid_until is None or day <= self.valid_until)


class Topic(ContentModel):
    """One subject that the knowledge base answers; `scope` says what belongs to it."""

    id: TopicId
    title: Sentence = Field(alias="titel")
    scope: Sentence = Field(alias="omvang")


class Source(ContentModel):
    """A law, plan, agreement or page that cards and norms rest on."""

    id: Slug
    title: Sentence = Field(alias="titel")
    publisher: Sentence = Field(alias="uitgever")
    url: HttpUrl | None = Field(default=None, alias="adres")
    note: Sentence | None = Field(default=None, alias="opmerking")


class SourceRef(ContentModel):
    """Where in a source something stands, and when that was read.

    `read_on` is the day it was read; `text_of` the date of the text that was read, where that is
    an older copy. `recheck` puts "controleer de actuele tekst" under the answer. `says` holds, in
    our own words, what this source says when sources differ.
    """

    source: Slug = Field(alias="bron")
    locator: Sentence = Field(alias="plaats")
    read_on: date = Field(alias="gelezen")
    text_of: date | None = Field(default=None, alias="tekst_van")
    recheck: bool = Field(default=False, alias="controleren")
    says: Sentence | None = Field(default=None, alias="zegt")


class CardStatus(StrEnum):
    """How sure a card is of itself."""

    VASTGESTELD = "vastgesteld"
    BRONNEN_VERSCHILLEN = "bronnen verschillen"
    CONTROLEREN = "controleren"


class Card(ContentModel):
    """The answer to one question: what it says, who decides, where that stands.

    `danger` marks cards where direct danger can play; those end with 112 and Veilig Thuis.
    `facts` names the researched facts the card rests on, for the editor only.
    """

    id: Slug
    topic: TopicId
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=90)] = (
        Field(alias="titel")
    )
    phrasings: tuple[Phrasing, ...] = Field(alias="vragen", min_length=1)
    answer: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=20, max_length=FIRST_SCREEN_MAX),
    ] = Field(alias="antwoord")
    steps: tuple[Sentence, ...] = Field(default=(), alias="stappen")
    cautions: tuple[Sentence, ...] = Field(default=(), alias="let_op")
    decides: Sentence = Field(alias="wie_beslist")
    norm: Slug | None = None
    region: Slug = Field(default="landelijk", alias="regio")
    organisation: Sentence | None = Field(default=None, alias="organisatie")
    status: CardStatus
    validity: Validity = Field(default=Validity(), alias="geldig")
    sources: tuple[SourceRef, ...] = Field(alias="bronnen", min_length=1)
    related: tuple[Slug, ...] = Field(default=(), alias="verwant")
    facts: tuple[FactId, ...] = Field(default=(), alias="feiten")
    systems: tuple[str, ...] = Field(default=(), alias="systemen")
    owner: Slug = Field(default="kennisbeheerder", alias="eigenaar")
    danger: bool = Field(default=False, alias="gevaar")


def _within_reach(amount: int, info: ValidationInfo) -> int:
    unit = info.data.get("unit")
    if unit is not None and amount > MAX_AMOUNT[unit]:
        raise ValueError(f"is te groot; kies hoogstens {MAX_AMOUNT[unit]} {unit.value}")
    return amount


class OtherReading(ContentModel):
    """Another defensible reading of a disputed norm: warnings follow the earliest one."""

    reading: Sentence = Field(alias="lezing")
    source: Slug = Field(alias="bron")
    unit: Unit = Field(alias="eenheid")
    amount: int = Field(alias="aantal", ge=1)

    _countable = field_validator("amount")(_within_reach)


class WorkedExample(ContentModel):
    """A start and the end it must give; the tests run every one."""

    start: date
    end: date = Field(alias="eind")
    why: Sentence = Field(alias="waarom")


class Norm(ContentModel):
    """A rule that gives a due date: how much, in what unit, counted from which day, by what force.

    `version` rises when anything that moves a date changes; an ended version keeps its file and
    gets a `tot`. A termijn keeps the version it started with.
    """

    id: Slug
    version: int = Field(alias="versie", ge=1)
    title: Sentence = Field(alias="titel")
    unit: Unit = Field(alias="eenheid")
    amount: int = Field(alias="aantal", ge=1)
    counts_from: Sentence = Field(alias="telt_vanaf")
    start_event: StartEvent = Field(alias="gebeurtenis")
    day_count: Sentence = Field(alias="welke_dag_telt")
    roll: Roll = Field(alias="afronden")
    direction: Direction = Field(default=Direction.VOORUIT, alias="richting")
    calendar: Literal["algemene-termijnenwet"] = Field(alias="kalender")
    force: Force = Field(alias="kracht")
    region: Slug = Field(default="landelijk", alias="regio")
    organisation: Sentence | None = Field(default=None, alias="organisatie")
    kaders: tuple[Slug, ...] = ()
    validity: Validity = Field(alias="geldig")
    sources: tuple[SourceRef, ...] = Field(alias="bronnen", min_length=1)
    other_readings: tuple[OtherReading, ...] = Field(default=(), alias="twijfel")
    exceptions: tuple[Sentence, ...] = Field(default=(), alias="uitzonderingen")
    done_by: tuple[Slug, ...] = Field(default=(), alias="klaar_door")
    suspendable: bool = Field(default=False, alias="opschorten")
    ladder: Slug
    facts: tuple[FactId, ...] = Field(default=(), alias="feiten")
    examples: tuple[WorkedExample, ...] = Field(alias="voorbeelden", min_length=3)

    _countable = field_validator("amount")(_within_reach)


class Kader(ContentModel):
    """The frame a zaak runs in; `asks` is the one date asked when it is opened."""

    id: Slug
    title: Sentence = Field(alias="titel")
    asks: StartEvent = Field(alias="vraagt")
    also: tuple[StartEvent, ...] = Field(default=(), alias="later")
    events: dict[StartEvent, Sentence] = Field(alias="dagen")
    """The question put to the person for each event's date."""


class Recipient(StrEnum):
    """To whom a rung goes. The owner is the jeugdbeschermer of the zaak."""

    EIGENAAR = "eigenaar"
    TEAMLEIDER = "teamleider"
    GEBIEDSMANAGER = "gebiedsmanager"


class Tone(StrEnum):
    """How urgent a rung sounds."""

    VROEG = "vroeg"
    BIJNA = "bijna"
    VANDAAG = "vandaag"
    TE_LAAT = "te-laat"


class Rung(ContentModel):
    """One step of a ladder: so many working days before (-) or after (+) the due date, to whom."""

    day: int = Field(alias="dag", ge=-60, le=60)
    to: tuple[Recipient, ...] = Field(alias="naar", min_length=1)
    tone: Tone = Field(alias="toon")
    only_if: Literal["geen-jeugdbeschermer"] | None = Field(default=None, alias="als")


class Ladder(ContentModel):
    """The rungs of a norm, from early to late."""

    id: Slug
    rungs: tuple[Rung, ...] = Field(alias="treden", min_length=1)

    @model_validator(mode="after")
    def _climbs(self) -> Self:
        days = [rung.day for rung in self.rungs]
        if days != sorted(set(days)):
            raise ValueError("'treden' moeten oplopen: elke dag één keer, van vroeg naar laat")
        if not any(rung.day <= 0 for rung in self.rungs):
            raise ValueError("'treden' hebben niets op of voor de einddatum")
        return self


class FixedDay(ContentModel):
    """A holiday on a fixed day of the year; `if_sunday` moves it when that day is a Sunday."""

    name: Sentence = Field(alias="naam")
    month: int = Field(alias="maand", ge=1, le=12)
    day: int = Field(alias="dag", ge=1, le=31)
    if_sunday: int = Field(default=0, alias="op_zondag")
    basis: Sentence = Field(alias="grondslag")
    first_year: int | None = Field(default=None, alias="vanaf_jaar")
    last_year: int | None = Field(default=None, alias="tot_en_met_jaar")

    @model_validator(mode="after")
    def _is_in_every_year(self) -> Self:
        if self.day > monthrange(2001, self.month)[1]:  # no leap year: 29 February is no fixed day
            raise ValueError("deze dag bestaat niet in elk jaar; controleer 'dag' en 'maand'")
        return self


class EasterDay(ContentModel):
    """A holiday so many days after Easter Sunday (before it: negative)."""

    name: Sentence = Field(alias="naam")
    offset: int = Field(alias="dagen_na_pasen", ge=-60, le=60)
    basis: Sentence = Field(alias="grondslag")


class Decree(ContentModel):
    """Days put on a par with holidays by royal decree, for the years it covers."""

    first_year: int = Field(alias="van_jaar")
    last_year: int = Field(alias="tot_en_met_jaar")
    days: tuple[date, ...] = Field(alias="dagen")
    basis: Sentence = Field(alias="grondslag")
    source: SourceRef = Field(alias="bron")


class CalendarRules(ContentModel):
    """Holidays as rules with their legal basis: never a list of dates, never a feed."""

    id: Literal["algemene-termijnenwet"]
    fixed: tuple[FixedDay, ...] = Field(alias="vast", min_length=1)
    easter: tuple[EasterDay, ...] = Field(alias="pasen", min_length=1)
    decrees: tuple[Decree, ...] = Field(alias="besluiten", min_length=1)
