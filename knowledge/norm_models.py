"""The pydantic models of norms and of what they count with: kaders, events, ladders, holidays.

Keys in YAML are Dutch, attributes English; see `knowledge.models`.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from knowledge.models import (
    NATIONAL_REGION,
    ContentModel,
    FactId,
    Sentence,
    Slug,
    SourceRef,
    SystemId,
    Validity,
)


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


class Event(ContentModel):
    """A day in a zaak or in a procedure that a norm counts from. A zaak keeps one date an event.

    `may_be_ahead`: the day may lie in the future when it is filled in, such as an end date in a
    court order. `month_only`: only the month is kept, as its first day (an eighteenth birthday).
    """

    id: Slug = Field(description="id van de dag")
    title: Sentence = Field(alias="titel", description="hoe de dag heet in het gesprek")
    may_be_ahead: bool = Field(
        default=False, alias="toekomst", description="mag de dag nog komen als je hem invult"
    )
    month_only: bool = Field(
        default=False, alias="alleen_maand", description="van de dag blijft alleen de maand bewaard"
    )
    question: Sentence | None = Field(
        default=None, alias="vraag", description="de vraag aan de gebruiker als dit gebeurt"
    )


def _within_reach(amount: int, info: ValidationInfo) -> int:
    unit = info.data.get("unit")
    if unit is not None and amount > MAX_AMOUNT[unit]:
        raise ValueError(f"is te groot; kies hoogstens {MAX_AMOUNT[unit]} {unit.value}")
    return amount


class OtherReading(ContentModel):
    """Another defensible reading of a disputed norm: warnings follow the earliest one."""

    reading: Sentence = Field(alias="lezing", description="de andere lezing in woorden")
    source: Slug = Field(alias="bron", description="waar die lezing staat")
    unit: Unit = Field(alias="eenheid", description="eenheid in die lezing")
    amount: int = Field(alias="aantal", ge=1, description="aantal in die lezing")
    roll: Roll | None = Field(
        default=None, alias="afronden", description="afronden in die lezing; anders zoals de norm"
    )

    _countable = field_validator("amount")(_within_reach)


class WorkedExample(ContentModel):
    """A start and the end it must give; the tests run every one."""

    start: date = Field(description="begindag")
    end: date = Field(alias="eind", description="de dag die eruit moet komen")
    why: Sentence = Field(alias="waarom", description="wat het voorbeeld laat zien")


class Norm(ContentModel):
    """A rule that gives a due date: how much, in what unit, counted from which day, by what force.

    `version` rises when anything that moves a date changes; an ended version keeps its file and
    gets a `tot`. A termijn keeps the version it started with. `recurring` norms start anew from the
    day they were met; `concerns` says whether a zaak or a team has to meet them. An amount of 0 (in
    days) means an agreed day itself.

    `stricter_than` names the norm that an organisation's own one lies over: that gives no termijn
    of its own, but an earlier date on the other's. `ends_on` is the event whose day goes before the
    computed one (the end in a court order). `gives` is the event that happens on the day the norm
    is met, so that what counts from it starts.
    """

    id: Slug = Field(description="id van de norm; ook de naam van het bestand")
    version: int = Field(
        alias="versie", ge=1, description="gaat omhoog als er een datum verschuift"
    )
    title: Sentence = Field(alias="titel", description="wat er klaar moet zijn")
    unit: Unit = Field(alias="eenheid", description="waarin wordt geteld")
    amount: int = Field(
        alias="aantal", ge=0, description="hoeveel; 0 dagen is een afgesproken dag zelf"
    )
    counts_from: Sentence = Field(alias="telt_vanaf", description="vanaf wanneer, in woorden")
    start_event: Slug = Field(alias="gebeurtenis", description="de dag uit events.yaml")
    day_count: Sentence = Field(alias="welke_dag_telt", description="welke dag meetelt, in één zin")
    roll: Roll = Field(
        alias="afronden", description="wat er gebeurt als de laatste dag geen werkdag is"
    )
    direction: Direction = Field(
        default=Direction.VOORUIT,
        alias="richting",
        description="vooruit, of terug vanaf een einddatum",
    )
    calendar: Literal["algemene-termijnenwet"] = Field(
        alias="kalender", description="welke feestdagen"
    )
    force: Force = Field(alias="kracht", description="hoe hard de norm is")
    region: Slug = Field(default=NATIONAL_REGION, alias="regio", description="voor welke regio")
    organisation: Sentence | None = Field(
        default=None, alias="organisatie", description="voor welke organisatie, met jaar"
    )
    kaders: tuple[Slug, ...] = Field(default=(), description="in welke zaken hij vanzelf begint")
    validity: Validity = Field(alias="geldig", description="van wanneer tot wanneer")
    sources: tuple[SourceRef, ...] = Field(
        alias="bronnen", min_length=1, description="waar het staat"
    )
    other_readings: tuple[OtherReading, ...] = Field(
        default=(),
        alias="twijfel",
        description="andere lezingen; er wordt op de vroegste gewaarschuwd",
    )
    exceptions: tuple[Sentence, ...] = Field(
        default=(), alias="uitzonderingen", description="wanneer het anders is"
    )
    done_by: tuple[Slug, ...] = Field(
        default=(), alias="klaar_door", description="waardoor de termijn klaar is"
    )
    suspendable: bool = Field(
        default=False, alias="opschorten", description="mag de termijn stilstaan"
    )
    deprives_liberty: bool = Field(
        default=False,
        alias="vrijheidsbeneming",
        description="gaat de termijn over vrijheidsbeneming; dan schuift hij niet door naar later",
    )
    stricter_than: Slug | None = Field(
        default=None,
        alias="strenger_dan",
        description="de norm waar deze eigen, strengere afspraak overheen ligt",
    )
    ends_on: Slug | None = Field(
        default=None,
        alias="einde_volgens",
        description="de dag uit events.yaml die voor de berekende datum gaat",
    )
    gives: Slug | None = Field(
        default=None,
        alias="geeft",
        description="de dag uit events.yaml die vaststaat als de termijn klaar is",
    )
    met_by_visit: bool = Field(
        default=False,
        alias="klaar_na_bezoek",
        description="is de termijn klaar als er contact is geweest",
    )
    recurring: bool = Field(
        default=False, alias="herhaalt", description="begint opnieuw op de dag dat hij klaar was"
    )
    concerns: Literal["zaak", "team"] = Field(
        default="zaak", alias="voor", description="wie eraan moet voldoen"
    )
    ladder: Slug = Field(description="wie wanneer een waarschuwing krijgt")
    facts: tuple[FactId, ...] = Field(
        default=(), alias="feiten", description="feiten uit het register"
    )
    systems: tuple[SystemId, ...] = Field(
        default=(), alias="systemen", description="rijen uit de vijf beleidsdocumenten"
    )
    examples: tuple[WorkedExample, ...] = Field(
        alias="voorbeelden", min_length=3, description="uitgewerkte voorbeelden"
    )

    _countable = field_validator("amount")(_within_reach)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.amount == 0 and self.unit is not Unit.DAGEN:
            raise ValueError("'aantal' 0 kan alleen in dagen: een afgesproken dag zelf")
        if self.stricter_than is not None and (self.kaders or self.stricter_than == self.id):
            raise ValueError(
                "een norm met 'strenger_dan' ligt over een andere norm en heeft zelf geen 'kaders'"
            )
        return self


class Kader(ContentModel):
    """The frame a zaak runs in; `asks` is the one date asked when it is opened.

    `happenings` are events that may happen later, also more than once; an event in `becomes` moves
    the zaak to another kader.
    """

    id: Slug = Field(description="id van het kader")
    title: Sentence = Field(alias="titel", description="naam van het kader")
    asks: Slug = Field(alias="vraagt", description="de dag die bij het openen wordt gevraagd")
    also: tuple[Slug, ...] = Field(
        default=(), alias="later", description="dagen die je daarna invult"
    )
    events: dict[Slug, Sentence] = Field(
        alias="dagen", description="bij elke dag de vraag aan de gebruiker"
    )
    """The question put to the person for each event's date."""

    happenings: tuple[Slug, ...] = Field(
        default=(), alias="gebeurtenissen", description="wat er later kan gebeuren, ook vaker"
    )
    becomes: dict[Slug, Slug] = Field(
        default={}, alias="wordt", description="naar welk kader de zaak dan overgaat"
    )
    spellings: tuple[Sentence, ...] = Field(
        default=(), alias="ook", description="hoe mensen het kader nog noemen, in kleine letters"
    )

    @property
    def names(self) -> tuple[str, ...]:
        """Every name of this kader, lower case."""
        return (self.title.lower(), *self.spellings)

    @model_validator(mode="after")
    def _asks_each_day(self) -> Self:
        if set(self.events) != {self.asks, *self.also}:
            raise ValueError("'dagen' moet precies één vraag hebben bij elke dag van het kader")
        return self


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

    day: int = Field(
        alias="dag", ge=-60, le=60, description="werkdagen voor (-) of na de einddatum"
    )
    to: tuple[Recipient, ...] = Field(
        alias="naar", min_length=1, description="wie een bericht krijgt"
    )
    tone: Tone = Field(alias="toon", description="hoe dringend")
    only_if: Literal["geen-jeugdbeschermer"] | None = Field(
        default=None, alias="als", description="alleen in dit geval"
    )


class Ladder(ContentModel):
    """The rungs of a norm, from early to late."""

    id: Slug = Field(description="id van de ladder")
    rungs: tuple[Rung, ...] = Field(
        alias="treden", min_length=1, description="de stappen, van vroeg naar laat"
    )
    systems: tuple[SystemId, ...] = Field(
        default=(), alias="systemen", description="rijen uit de vijf beleidsdocumenten"
    )

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

    name: Sentence = Field(alias="naam", description="naam van de dag")
    month: int = Field(alias="maand", ge=1, le=12, description="maand")
    day: int = Field(alias="dag", ge=1, le=31, description="dag")
    if_sunday: int = Field(
        default=0, alias="op_zondag", description="zoveel dagen opschuiven als het zondag is"
    )
    basis: Sentence = Field(alias="grondslag", description="artikel")
    first_year: int | None = Field(default=None, alias="vanaf_jaar", description="eerste jaar")
    last_year: int | None = Field(default=None, alias="tot_en_met_jaar", description="laatste jaar")

    @model_validator(mode="after")
    def _is_in_every_year(self) -> Self:
        if self.day > monthrange(2001, self.month)[1]:  # no leap year: 29 February is no fixed day
            raise ValueError("deze dag bestaat niet in elk jaar; controleer 'dag' en 'maand'")
        return self


class EasterDay(ContentModel):
    """A holiday so many days after Easter Sunday (before it: negative)."""

    name: Sentence = Field(alias="naam", description="naam van de dag")
    offset: int = Field(
        alias="dagen_na_pasen", ge=-60, le=60, description="dagen na Eerste Paasdag"
    )
    basis: Sentence = Field(alias="grondslag", description="artikel")


class Decree(ContentModel):
    """Days put on a par with holidays by royal decree, for the years it covers."""

    first_year: int = Field(alias="van_jaar", description="eerste jaar van het besluit")
    last_year: int = Field(alias="tot_en_met_jaar", description="laatste jaar van het besluit")
    days: tuple[date, ...] = Field(alias="dagen", description="de gelijkgestelde dagen")
    basis: Sentence = Field(alias="grondslag", description="artikel en besluit")
    source: SourceRef = Field(alias="bron", description="waar het besluit staat")


class CalendarRules(ContentModel):
    """Holidays as rules with their legal basis: never a list of dates, never a feed."""

    id: Literal["algemene-termijnenwet"] = Field(description="id van de kalender")
    fixed: tuple[FixedDay, ...] = Field(
        alias="vast", min_length=1, description="dagen met een vaste datum"
    )
    easter: tuple[EasterDay, ...] = Field(
        alias="pasen", min_length=1, description="dagen die van Pasen afhangen"
    )
    decrees: tuple[Decree, ...] = Field(
        alias="besluiten",
        min_length=1,
        description="dagen die per besluit gelijkstaan aan een feestdag",
    )
