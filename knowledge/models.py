"""The pydantic model of every kind of YAML in `knowledge/content`.

Keys in YAML are Dutch, because professionals edit them; attributes are English. Every model is
frozen and refuses unknown keys: a misspelt key is an error, never silently nothing.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    StringConstraints,
    model_validator,
)

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=40)]
FactId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
TopicId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+\.[a-z0-9-]+$", max_length=40)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=400)]
Phrasing = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=240)]

SystemId = Annotated[str, StringConstraints(pattern=r"^00[0-4]-\d\d$")]
"""A row of the five policy documents: the document's number and the row in it."""

NATIONAL_REGION = "landelijk"
"""The region of what holds everywhere."""

FIRST_SCREEN_MAX = 600
"""Characters of a card's answer: one phone screen, read with one thumb."""


class ContentModel(BaseModel):
    """Base of everything read from YAML: frozen, by Dutch key, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Validity(ContentModel):
    """From which day until and including which day a rule or text holds."""

    valid_from: date | None = Field(
        default=None, alias="van", description="eerste dag waarop het geldt"
    )
    valid_until: date | None = Field(
        default=None, alias="tot", description="laatste dag waarop het geldt"
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError("'geldig': 'tot' ligt voor 'van'")
        return self

    def holds_on(self, day: date) -> bool:
        """Whether `day` lies within the validity, both ends included."""
        after_start = self.valid_from is None or self.valid_from <= day
        return after_start and (self.valid_until is None or day <= self.valid_until)


class Region(ContentModel):
    """A region or the area of an organisation that cards and norms may belong to.

    `within` is the larger region it lies in: what holds there holds here too, after its own.
    `also` are other names people ask by, lower case.
    """

    id: Slug = Field(description="id van de regio")
    title: Sentence = Field(alias="titel", description="hoe de regio heet")
    within: Slug | None = Field(
        default=None, alias="binnen", description="het grotere gebied waar de regio in ligt"
    )
    organisation: Sentence | None = Field(
        default=None, alias="gi", description="de GI van dat gebied"
    )
    also: tuple[Sentence, ...] = Field(
        default=(), alias="ook", description="andere namen, in kleine letters"
    )


class Topic(ContentModel):
    """One subject that the knowledge base answers; `scope` says what belongs to it."""

    id: TopicId = Field(description="id van het onderwerp")
    title: Sentence = Field(alias="titel", description="naam van het onderwerp")
    scope: Sentence = Field(alias="omvang", description="welke vragen erbij horen")


class NewerText(ContentModel):
    """A text of a source that is newer than what the content was made from."""

    text_of: date = Field(alias="tekst_van", description="datum van de nieuwe tekst")
    what: Sentence = Field(alias="wat", description="wat er nieuw is")


class Source(ContentModel):
    """A law, plan, agreement or page that cards and norms rest on.

    `newer` says that a newer text than the one read is known: every card and norm that rests on an
    older reading is then due for review (see `knowledge.review`).
    """

    id: Slug = Field(description="id van de bron")
    title: Sentence = Field(alias="titel", description="hoe de bron heet")
    publisher: Sentence = Field(alias="uitgever", description="wie de bron uitgeeft")
    url: HttpUrl | None = Field(default=None, alias="adres", description="webadres")
    note: Sentence | None = Field(
        default=None, alias="opmerking", description="wat je moet weten voordat je erop bouwt"
    )
    newer: NewerText | None = Field(
        default=None, alias="nieuwer", description="een nieuwere tekst die nog niet is verwerkt"
    )


class SourceRef(ContentModel):
    """Where in a source something stands, and when that was read.

    `read_on` is the day it was read; `text_of` the date of the text that was read, where that is
    an older copy. `recheck` puts "controleer de actuele tekst" under the answer. `says` holds, in
    our own words, what this source says when sources differ.
    """

    source: Slug = Field(alias="bron", description="id uit sources.yaml")
    locator: Sentence = Field(alias="plaats", description="artikel, bladzijde of onderdeel")
    read_on: date = Field(alias="gelezen", description="op welke dag het is gelezen")
    text_of: date | None = Field(
        default=None, alias="tekst_van", description="datum van de tekst die is gelezen"
    )
    recheck: bool = Field(
        default=False, alias="controleren", description='zet "controleer de actuele tekst" eronder'
    )
    says: Sentence | None = Field(
        default=None, alias="zegt", description="wat deze bron zegt, als bronnen verschillen"
    )


class CardStatus(StrEnum):
    """How sure a card is of itself."""

    VASTGESTELD = "vastgesteld"
    BRONNEN_VERSCHILLEN = "bronnen verschillen"
    CONTROLEREN = "controleren"


class Owner(StrEnum):
    """The role that keeps a card right."""

    KENNISBEHEERDER = "kennisbeheerder"
    AANDACHTSFUNCTIONARIS = "aandachtsfunctionaris"
    JURIST = "jurist"
    GEDRAGSWETENSCHAPPER = "gedragswetenschapper"
    TEAMLEIDER = "teamleider"


class Voice(StrEnum):
    """Whose way of asking a phrasing is. Each voice was written apart from the others.

    Kept apart so that the answerer can be tried on a writer it never learned from.
    """

    HAAST = "haast"
    SCHOOL = "school"
    TEAMLEIDER = "teamleider"
    EXPERT = "expert"
    NIEUW = "nieuw"
    VERSCHIL = "verschil"
    ANDERS = "anders"
    SITUATIE = "situatie"
    WIJK = "wijk"
    ZOEKBALK = "zoekbalk"
    AUDIT = "audit"
    SPRAAK = "spraak"


class Review(ContentModel):
    """That somebody held a card against its source: what was read, and what came of it.

    A review names its evidence; a bare date is none.
    """

    on: date = Field(alias="op", description="dag van nalezen")
    by: Owner = Field(alias="door", description="rol van wie het nalas")
    source: Slug = Field(alias="bron", description="welke bron van de kaart is nagelezen")
    text_of: date | None = Field(
        default=None, alias="tekst_van", description="datum van de tekst die is nagelezen"
    )
    outcome: Literal["klopt nog", "aangepast", "vervallen"] = Field(
        alias="uitkomst", description="wat het opleverde"
    )
    evidence: Sentence = Field(
        alias="bewijs", description="wat je las en waaraan je zag dat het klopt"
    )


class Card(ContentModel):
    """The answer to one question: what it says, who decides, where that stands.

    `danger` marks cards where direct danger can play; those end with 112 and Veilig Thuis.
    `facts` names the researched facts the card rests on and `systems` the rows of the five policy
    documents it serves, both for the editor only. `replaced_by` is the card that took over from one
    whose validity has ended.
    """

    id: Slug = Field(description="id van de kaart; ook de naam van het bestand")
    topic: TopicId = Field(description="onderwerp uit topics.yaml")
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=90)] = (
        Field(alias="titel", description="de vraag")
    )
    answer: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=20, max_length=FIRST_SCREEN_MAX),
    ] = Field(alias="antwoord", description="het antwoord: één scherm op een telefoon")
    steps: tuple[Sentence, ...] = Field(
        default=(), alias="stappen", description="wat je doet, in volgorde"
    )
    cautions: tuple[Sentence, ...] = Field(
        default=(), alias="let_op", description="uitzonderingen en valkuilen"
    )
    decides: Sentence = Field(alias="wie_beslist", description="wie de beslissing neemt")
    norms: tuple[Slug, ...] = Field(
        default=(), alias="normen", description="normen waarmee je de datum berekent"
    )
    contacts: tuple[Slug, ...] = Field(
        default=(), alias="contacten", description="wie je belt, uit contacts.yaml"
    )
    region: Slug = Field(default=NATIONAL_REGION, alias="regio", description="voor welke regio")
    organisation: Sentence | None = Field(
        default=None, alias="organisatie", description="voor welke organisatie, met jaar"
    )
    status: CardStatus = Field(description="hoe zeker de kaart is")
    validity: Validity = Field(
        default=Validity(), alias="geldig", description="van wanneer tot wanneer"
    )
    replaced_by: Slug | None = Field(
        default=None,
        alias="vervangen_door",
        description="de kaart die in de plaats kwam van een kaart die niet meer geldt",
    )
    sources: tuple[SourceRef, ...] = Field(
        alias="bronnen", min_length=1, description="waar het staat"
    )
    related: tuple[Slug, ...] = Field(
        default=(), alias="verwant", description="andere kaarten; de eerste twee worden knoppen"
    )
    facts: tuple[FactId, ...] = Field(
        default=(), alias="feiten", description="feiten uit het register waarop de kaart rust"
    )
    systems: tuple[SystemId, ...] = Field(
        default=(), alias="systemen", description="rijen uit de vijf beleidsdocumenten"
    )
    owner: Owner = Field(
        default=Owner.KENNISBEHEERDER, alias="eigenaar", description="wie de kaart bijhoudt"
    )
    reviews: tuple[Review, ...] = Field(
        default=(), alias="beoordeeld", description="wanneer de kaart tegen haar bron is gehouden"
    )
    danger: bool = Field(
        default=False, alias="gevaar", description="zet 112 en Veilig Thuis eronder"
    )
    own_phrasings: tuple[Phrasing, ...] = Field(
        alias="vragen", min_length=1, description="hoe mensen het vragen"
    )
    voices: dict[Voice, tuple[Phrasing, ...]] = Field(
        default={}, alias="vragen_van", description="hoe anderen het vragen, per schrijver"
    )

    @property
    def phrasings(self) -> tuple[str, ...]:
        """Every way of asking this card: its editor's own, then those of each voice."""
        return (*self.own_phrasings, *(line for lines in self.voices.values() for line in lines))


class Figure(ContentModel):
    """A number that a team lead sees, and the rows of the policy documents it answers."""

    id: Slug = Field(description="id van het cijfer")
    title: Sentence = Field(alias="titel", description="hoe het heet in het overzicht")
    counts: Sentence = Field(alias="telt", description="wat er precies wordt geteld")
    systems: tuple[SystemId, ...] = Field(
        default=(), alias="systemen", description="rijen uit de vijf beleidsdocumenten"
    )


class TermSource(ContentModel):
    """Where the meaning of a term stands, when no card explains it."""

    source: Slug = Field(alias="bron", description="id uit sources.yaml")
    locator: Sentence = Field(alias="plaats", description="artikel, bladzijde of onderdeel")


class Term(ContentModel):
    """An abbreviation, term or article number with its meaning.

    `also` are other spellings and common misspellings, lower case. The meaning rests on `card`, on
    `source`, or is `everyday` language that needs neither.
    """

    id: Slug = Field(description="id van het begrip")
    term: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)] = (
        Field(description="het woord of de afkorting")
    )
    in_full: Sentence | None = Field(
        default=None, alias="voluit", description="waar de afkorting voor staat"
    )
    meaning: Sentence = Field(alias="uitleg", description="wat het is, in één of twee zinnen")
    also: tuple[Annotated[str, StringConstraints(min_length=1, max_length=80)], ...] = Field(
        default=(), alias="ook", description="andere schrijfwijzen en tikfouten, in kleine letters"
    )
    topic: TopicId = Field(description="onderwerp uit topics.yaml")
    card: Slug | None = Field(default=None, alias="kaart", description="de kaart die het uitlegt")
    source: TermSource | None = Field(
        default=None, alias="bron", description="waar de uitleg staat, als er geen kaart is"
    )
    everyday: bool = Field(default=False, alias="algemeen", description="gewoon woord, zonder bron")

    @model_validator(mode="after")
    def _rests_on_something(self) -> Self:
        if self.card is None and self.source is None and not self.everyday:
            raise ValueError("geef 'kaart' of 'bron'; alleen een gewoon woord heeft 'algemeen'")
        return self


class Contact(ContentModel):
    """Whom to call. Without a `number` an organisation still has to fill it in."""

    id: Slug = Field(description="id van het contact")
    name: Sentence = Field(alias="naam", description="wie het is")
    purpose: Sentence = Field(alias="waarvoor", description="waarvoor je belt")
    number: Annotated[str, StringConstraints(pattern=r"^[0-9][0-9 -]*$")] | None = Field(
        default=None, alias="nummer", description="telefoonnummer"
    )
    when: Sentence | None = Field(
        default=None, alias="wanneer", description="wanneer bereikbaar, en wat het kost"
    )
    url: HttpUrl | None = Field(default=None, alias="adres", description="webadres")
    always: bool = Field(
        default=False, alias="altijd", description="staat onder elke kaart waar gevaar kan spelen"
    )
    """Stands under every card where danger can play; cannot be switched off."""
    sources: tuple[SourceRef, ...] = Field(
        default=(), alias="bronnen", description="waar het nummer staat"
    )

    @property
    def filled_in(self) -> bool:
        """Whether anybody can be reached by it."""
        return self.number is not None or self.url is not None


class ReasonKind(StrEnum):
    """What a reason is given for."""

    TE_LAAT = "te-laat"
    FEEDBACK = "feedback"
    OPSCHORTING = "opschorting"


class Reason(ContentModel):
    """A reason to choose from a list, so that nobody has to type (and no case gets described)."""

    id: Slug = Field(description="id van de reden")
    kind: ReasonKind = Field(alias="soort", description="waar de reden voor is")
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=60)] = (
        Field(alias="tekst", description="wat er op de knop staat")
    )
    explanation: Sentence | None = Field(
        default=None, alias="uitleg", description="wat ermee wordt bedoeld"
    )


class OutsideKind(StrEnum):
    """How far from our field a question lies: a subject with its own refusal, near, or far.

    Small talk (`praatje`) gets a short reply and nobody who knows better.
    """

    WEIGERING = "weigering"
    DICHTBIJ = "dichtbij"
    VER = "ver"
    PRAATJE = "praatje"


class Outside(ContentModel):
    """Questions that are not ours. A named refusal also says why, and who does know.

    Small talk has an answer of its own, and nobody to go to.
    """

    id: Slug = Field(description="id van de groep")
    kind: OutsideKind = Field(alias="soort", description="hoe ver het van ons vak ligt")
    title: Sentence = Field(alias="titel", description="waar het over gaat")
    answer: Sentence | None = Field(
        default=None,
        alias="antwoord",
        description="waarom Koersbot dit niet doet, of een kort weerwoord",
    )
    who_knows: Sentence | None = Field(
        default=None, alias="wie_wel", description="wie het wel weet"
    )
    danger: bool = Field(
        default=False, alias="gevaar", description="zet 112 en Veilig Thuis eronder"
    )
    phrasings: tuple[Phrasing, ...] = Field(
        alias="vragen", min_length=1, description="vragen die niet van ons zijn"
    )

    @model_validator(mode="after")
    def _refuses_in_words(self) -> Self:
        named = self.kind is OutsideKind.WEIGERING
        if named != (self.who_knows is not None):
            raise ValueError("'wie_wel' hoort bij soort 'weigering', en alleen daar")
        if (named or self.kind is OutsideKind.PRAATJE) != (self.answer is not None):
            raise ValueError("'antwoord' hoort bij soort 'weigering' of 'praatje', en alleen daar")
        return self


class SwitchedOff(ContentModel):
    """What an organisation switches off in its overlay, by id."""

    cards: tuple[Slug, ...] = Field(default=(), alias="kaarten", description="kaarten die uit gaan")
    norms: tuple[Slug, ...] = Field(
        default=(), alias="normen", description="normen die niets nieuws meer beginnen"
    )
    ladders: tuple[Slug, ...] = Field(default=(), description="ladders die uit gaan")
    contacts: tuple[Slug, ...] = Field(
        default=(), alias="contacten", description="contacten die uit gaan"
    )
    reasons: tuple[Slug, ...] = Field(
        default=(), alias="redenen", description="redenen die uit gaan"
    )
