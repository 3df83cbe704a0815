"""All ways of asking -> the model that recognises questions. Run by `koersbot kennis leer` only.

Two linear support vector machines are trained on the same pieces, one on topics and one on cards;
their weights are added up to one score a card. How much each counts, what the score means as a
probability, and from where an answer is sure are then fitted on questions of writers that the
machines had not seen: the voices are left out in turn, and with them some subjects outside our
field. Needs scikit-learn (`pip install 'koersbot[leren]'`), which running the bot does not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_array
from sklearn.svm import LinearSVC

from knowledge.classifier import Calibration, Learned, fingerprint, quantised
from knowledge.features import Vocabulary, vocabulary
from knowledge.loader import KnowledgeBase
from knowledge.models import Card, Outside, Voice
from knowledge.search import Search, lead_of

Scores = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

AT_LEAST = 2
"""A piece that only one way of asking holds says more about its writer than about its subject."""

SOFTNESS = 0.4
"""C of the machines; measured flat between .2 and .5."""

FOLDS = 6
WRONG_AT_MOST, OUTSIDE_SURE_AT_MOST = 0.02, 0.03
"""Shares, on writers unseen, that the thresholds keep to; under the 3 % of the targets."""

OFFER_RIGHT_AT_LEAST = 1 / 3
OFFER_WINDOW = 0.05
"""A choice is offered from the chance where one in three holds the right topic."""

EVERY_WORDS = 5
"""Shared words are calibrated on one in so many questions; they are slow and a fallback."""

_REDACTIE = "redactie"
_NEVER = -2.0
"""The score of a card that a fold did not see."""


@dataclass(frozen=True, slots=True)
class Row:
    """One way of asking, what it leads to, and whose it is."""

    text: str
    label: str
    voice: str


def rows_of(knowledge: KnowledgeBase) -> list[Row]:
    """Every way of asking, with its writer."""
    rows = []
    for card in knowledge.cards.values():
        rows += [Row(text, card.id, _REDACTIE) for text in (card.title, *card.own_phrasings)]
        rows += [
            Row(text, card.id, voice.value)
            for voice, texts in card.voices.items()
            for text in texts
        ]
    rows += [
        Row(text, group.id, "") for group in knowledge.outside.values() for text in group.phrasings
    ]
    return rows


def learn(knowledge: KnowledgeBase) -> Learned:
    """The model of this content, calibrated. Takes minutes; the same content, the same model."""
    rows = rows_of(knowledge)
    of: dict[str, Card | Outside] = {**knowledge.cards, **knowledge.outside}
    labels = sorted(of)
    topic = {label: one.topic if isinstance(one, Card) else _OUTSIDE for label, one in of.items()}
    task = _Task(
        rows=rows,
        labels=labels,
        topics=sorted(set(topic.values()) - {_OUTSIDE}),
        topic_of_label=[topic[label] for label in labels],
    )
    unseen = [_unseen(task, fold) for fold in range(FOLDS)]
    shares, outside_bias = _fit_shares(task, unseen)
    tried = _Tried(
        chance=np.vstack([_probabilities(task, one, shares, outside_bias) for one in unseen]),
        right=np.concatenate([task.topic_numbers[one.at] for one in unseen]),
        right_card=np.concatenate(
            [one.shown == task.label_numbers[one.at, np.newaxis] for one in unseen]
        ),
    )
    sure_from, sure_lead, measured = _fit_thresholds(tried)
    words_score, words_lead, words_bias = _fit_words(knowledge)
    whole = _train(task, np.arange(len(rows)))
    weights, scale = quantised(whole.weights(task, shares))
    return Learned(
        vocabulary=whole.vocabulary,
        labels=tuple(labels),
        prints=tuple(fingerprint(of[label]) for label in labels),
        weights=weights,
        scale=scale,
        bias=whole.bias(task, shares).astype(np.float32),
        calibration=Calibration(
            outside_bias=round(outside_bias, 4),
            sure_from=sure_from,
            sure_lead=sure_lead,
            choose_from=_fit_choose(tried),
            words_score=words_score,
            words_lead=words_lead,
            words_bias=words_bias,
            measured=measured,
        ),
    )


_OUTSIDE = ""


@dataclass(frozen=True, slots=True)
class _Task:
    rows: Sequence[Row]
    labels: Sequence[str]
    topics: Sequence[str]
    topic_of_label: Sequence[str]

    @property
    def label_numbers(self) -> Numbers:
        """The number of the label of each row."""
        number = {label: place for place, label in enumerate(self.labels)}
        return np.array([number[row.label] for row in self.rows])

    @property
    def topics_of_labels(self) -> Numbers:
        """The number of the topic of each label; the last number means outside our field."""
        number = {topic: place for place, topic in enumerate([*self.topics, _OUTSIDE])}
        return np.array([number[topic] for topic in self.topic_of_label])

    @property
    def topic_numbers(self) -> Numbers:
        """The number of the topic of each row."""
        return self.topics_of_labels[self.label_numbers]


@dataclass(frozen=True, slots=True)
class _Machines:
    vocabulary: Vocabulary
    topic: Scores
    topic_bias: Scores
    card: Scores
    card_bias: Scores

    def weights(self, task: _Task, shares: Scores) -> Scores:
        """One column a label, topic and card added up."""
        topic: Scores = self.topic[:, task.topics_of_labels]
        return np.asarray(shares[0] * topic + shares[1] * self.card)

    def bias(self, task: _Task, shares: Scores) -> Scores:
        topic: Scores = self.topic_bias[task.topics_of_labels]
        return np.asarray(shares[0] * topic + shares[1] * self.card_bias)


@dataclass(frozen=True, slots=True)
class _Unseen:
    """Scores a topic (the last one: outside) of rows that were left out of the training.

    `shown` is the label that would be shown of each topic.
    """

    at: Numbers
    topic: Scores
    card: Scores
    shown: Numbers


@dataclass(frozen=True, slots=True)
class _Tried:
    """Left-out rows: the chance of each topic, the right one, and whether its card is shown."""

    chance: Scores
    right: Numbers
    right_card: npt.NDArray[np.bool_]


def _train(task: _Task, at: Numbers) -> _Machines:
    texts = [task.rows[place].text for place in at.tolist()]
    known = vocabulary(texts, at_least=AT_LEAST)
    found = known.weigh(texts)
    where = (found.row.astype(np.int32), found.place.astype(np.int32))
    matrix = csr_array((found.value, where), shape=(len(texts), len(known.ids)))

    def machine(right: Numbers, classes: int) -> tuple[Scores, Scores]:
        fitted = LinearSVC(C=SOFTNESS, random_state=0).fit(matrix, right)
        weights = np.zeros((len(known.ids), classes))
        bias = np.full(classes, _NEVER)
        weights[:, fitted.classes_] = fitted.coef_.T
        bias[fitted.classes_] = fitted.intercept_
        return weights, bias

    topic, topic_bias = machine(task.topic_numbers[at], len(task.topics) + 1)
    card, card_bias = machine(task.label_numbers[at], len(task.labels))
    return _Machines(known, topic, topic_bias, card, card_bias)


def _unseen(task: _Task, fold: int) -> _Unseen:
    """Leave out some voices, and a share of the subjects outside our field; score those."""
    voices = [voice.value for voice in Voice][fold::FOLDS]
    outside = [
        label
        for label, topic in zip(task.labels, task.topic_of_label, strict=True)
        if topic == _OUTSIDE
    ][fold::FOLDS]
    left_out = np.array([row.voice in voices or row.label in outside for row in task.rows])
    machines = _train(task, np.flatnonzero(~left_out))
    at = np.flatnonzero(left_out)
    found = machines.vocabulary.weigh([task.rows[place].text for place in at.tolist()])
    topic = np.tile(machines.topic_bias, (len(at), 1))
    card = np.tile(machines.card_bias, (len(at), 1))
    for row in range(len(at)):
        here = slice(*np.searchsorted(found.row, [row, row + 1]))
        topic[row] += found.value[here] @ machines.topic[found.place[here]]
        card[row] += found.value[here] @ machines.card[found.place[here]]
    shown = _best_of(card, task.topics_of_labels)
    return _Unseen(at, topic, np.take_along_axis(card, shown, axis=1), shown)


def _best_of(scores: Scores, groups: Numbers) -> Numbers:
    """The place of the best score of each group."""
    best = []
    for group in range(groups.max() + 1):
        places = np.flatnonzero(groups == group)
        best.append(places[scores[:, places].argmax(axis=1)])
    return np.stack(best, axis=1)


def _fit_shares(task: _Task, unseen: Sequence[_Unseen]) -> tuple[Scores, float]:
    """How much the two machines count, and the bias of being outside: greatest likelihood."""
    scores = np.stack(
        [
            np.vstack([one.topic for one in unseen]),
            np.vstack([one.card for one in unseen]),
        ],
        axis=2,
    )
    right = task.topic_numbers[np.concatenate([one.at for one in unseen])]
    rows, outside = np.arange(len(right)), len(task.topics)

    def cost(values: Scores) -> tuple[float, Scores]:
        total = scores @ values[:2]
        total[:, outside] += values[2]
        chance = _softmax(total)
        wrong = chance.copy()
        wrong[rows, right] -= 1
        slope = np.einsum("nk,nkf->f", wrong, scores) / len(right)
        likelihood = np.log(chance[rows, right] + 1e-12).mean()
        return -likelihood, np.array([*slope, wrong[:, outside].mean()])

    found = minimize(cost, np.ones(3), jac=True, method="L-BFGS-B").x
    return found[:2], float(found[2])


def _probabilities(task: _Task, one: _Unseen, shares: Scores, outside_bias: float) -> Scores:
    total = shares[0] * one.topic + shares[1] * one.card
    total[:, len(task.topics)] += outside_bias
    return _softmax(total)


def _softmax(scores: Scores) -> Scores:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _fit_thresholds(tried: _Tried) -> tuple[float, float, Mapping[str, float]]:
    """From where an answer is sure: the most right ones within the shares that may be wrong."""
    chance, right, outside = tried.chance, tried.right, tried.chance.shape[1] - 1
    order = np.argsort(-chance, axis=1)
    first, best = order[:, 0], np.take_along_axis(chance, order, axis=1)
    lead = best[:, 0] - best[:, 1]
    ours = right < outside
    outcomes = []
    for sure_from in np.arange(0.5, 0.995, 0.01):
        for sure_lead in np.arange(0.0, 0.95, 0.05):
            sure = (first < outside) & (best[:, 0] >= sure_from) & (lead >= sure_lead)
            wrong = float((sure & (first != right))[ours].mean())
            strange = float(sure[~ours].mean())
            if wrong <= WRONG_AT_MOST and strange <= OUTSIDE_SURE_AT_MOST:
                hit = float((sure & (first == right))[ours].mean())
                outcomes.append(
                    (hit, round(float(sure_from), 2), round(float(sure_lead), 2), wrong, strange)
                )
    hit, sure_from, sure_lead, wrong, strange = max(outcomes)
    inside = np.argsort(-chance[:, :outside], axis=1)
    right_card = tried.right_card[np.arange(len(right)), inside[:, 0]]
    sure = (first < outside) & (best[:, 0] >= sure_from) & (lead >= sure_lead)
    measured = {
        "top1": float((inside[:, 0] == right)[ours].mean()),
        "top3": float((inside[:, :3] == right[:, None]).any(axis=1)[ours].mean()),
        "card_first": float(right_card[ours].mean()),
        "sure_right": hit,
        "sure_right_card": float((sure & right_card)[ours].mean()),
        "sure_wrong": wrong,
        "outside_sure": strange,
    }
    return sure_from, sure_lead, {name: round(value, 4) for name, value in measured.items()}


def _fit_choose(tried: _Tried) -> float:
    """From where the three most likely topics are worth showing."""
    ours = tried.chance[:, :-1]
    offered = np.argsort(-ours, axis=1)[:, :3]
    holds = (offered == tried.right[:, np.newaxis]).any(axis=1)
    best, shown = ours.max(axis=1), tried.chance[:, -1] <= ours.sum(axis=1)
    for start in np.arange(0.0, 0.5, 0.01):
        here = shown & (best >= start) & (best < start + OFFER_WINDOW)
        if here.any() and holds[here].mean() >= OFFER_RIGHT_AT_LEAST:
            return round(float(start), 2)
    return 0.5


def _fit_words(knowledge: KnowledgeBase) -> tuple[float, float, float]:
    """What shared words alone are worth: the chance that the best is right, by score and lead."""
    points = []
    for fold in range(FOLDS):
        voices = list(Voice)[fold::FOLDS]
        cards = [
            card.model_copy(
                update={"voices": {v: t for v, t in card.voices.items() if v not in voices}}
            )
            for card in knowledge.cards.values()
        ]
        search = Search(cards, knowledge.outside.values())
        tried = [
            (text, card.topic)
            for card in knowledge.cards.values()
            for voice in voices
            for text in card.voices.get(voice, ())
        ][::EVERY_WORDS]
        for text, topic in tried:
            if hits := search.rank(text):
                points.append((hits[0].score, lead_of(hits), hits[0].subject == topic))
    data = np.array([(score, lead, 1.0) for score, lead, _ in points])
    sign = np.array([1.0 if hit else -1.0 for _, _, hit in points])

    def cost(values: Scores) -> float:
        return float(np.logaddexp(0, -sign * (data @ values)).mean())

    score, lead, bias = minimize(cost, np.zeros(3), method="L-BFGS-B").x
    return round(float(score), 3), round(float(lead), 3), round(float(bias), 3)
