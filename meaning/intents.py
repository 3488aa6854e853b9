"""What a caller wants, in own words: the nearest of the known matters, or none, or two that are asked about.

A regularised least-squares fit over likenesses (``meaning.likeness``, ``meaning.ridge``) to the examples, and to what
callers of all kinds of centres say (``meaning.callers``): topics that a matter is about lend it their phrases, the
others are no matter of this tree. The bounds come from judging each example unseen (``meaning.bounds``). What resembles
nothing scores near 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from meaning.bounds import ACCEPT, Bounds, bounds
from meaning.callers import DOUBT, Callers, callers
from meaning.embedding import installed
from meaning.lexicon import lexicon
from meaning.likeness import Features, Numbers, form, likeness
from meaning.ridge import Ridge, fitted

ABOUT = 0.55
"""How surely a matter's examples must tell a topic, on the average, for it to lend its phrases."""
BACK = 0.5
"""Share of the topic's phrases that must tell that matter in turn."""
BESIDE = 0.15
"""From here on a topic is too near to a matter to be something else; it then counts on neither side."""
LEAST_WEIGHT = 0.2
MOST_AGAINST = 8
"""Phrases of one other topic: the time to learn grows with the third power of all of them."""
NEAREST = 3
MOST_CONFUSING = 50

Scores = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """choice: the matter, if one is clear. close: two that are to be asked about. scores: best first, 0 to 1: ACCEPT
    is where an answer is taken, whatever the tree. nearest: (matter, phrase) most like what was said, best first."""

    choice: str | None
    close: tuple[str, ...]
    scores: Scores
    nearest: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Confusing:
    """Two examples of different matters that are taken for each other: (matter, example). likeness: 0 to 1."""

    first: tuple[str, str]
    second: tuple[str, str]
    likeness: float


class Intents:
    """``examples``: id of the matter to how people say it; ValueError without a word in any of them.

    borrows: whether topics of callers elsewhere lend their phrases; without them the examples stand alone.
    by_words_alone: as where no embedding is installed.
    """

    accept = ACCEPT

    def __init__(
        self,
        examples: Mapping[str, Sequence[str]],
        language: str,
        *,
        borrows: bool = True,
        by_words_alone: bool = False,
    ) -> None:
        lexicon(language)
        self._language = language
        self._ids = tuple(examples)
        pairs = [(place, text) for place, id in enumerate(examples) for text in examples[id] if form(text, language)]
        pairs = list({(place, form(text, language)): (place, text) for place, text in reversed(pairs)}.values())[::-1]
        if not pairs:
            raise ValueError("no example with words in it")
        self._callers = callers(language, None if by_words_alone else installed())
        self._texts = [text for _, text in pairs]
        self._features = self._callers.read(self._texts, language)
        matter, matters = np.array([place for place, _ in pairs], dtype=np.intp), len(self._ids)
        lent, against = _topics(self._callers, self._features, matter, matters) if borrows else ({}, [])
        of_topic = self._callers.topic
        self._taken = _taken(of_topic, lent, against)
        lent_to = [lent.get(int(topic), -1) for topic in of_topic[self._taken]]
        self._matter = np.concatenate([matter, lent_to]).astype(np.intp)
        # As far as the topics know what such trees are about, they also know what they are not about.
        weight = max(LEAST_WEIGHT, len(set(lent.values())) / matters)
        doubt = np.where(self._matter < 0, DOUBT / weight, DOUBT)
        alike = _among(self._callers, self._features, self._taken)
        fit = fitted(alike, _wanted(self._matter, matters), doubt)
        groups = [np.flatnonzero(self._matter == place) for place in range(matters)]
        groups += [len(pairs) + np.flatnonzero(of_topic[self._taken] == topic) for topic in against]
        self.bounds: Bounds = _judged(fit, self._matter, groups)
        # Not the fit itself: a tree may have hundreds of menus, and its likenesses take megabytes each.
        self._weights = fit.weights
        self._unseen = fit.unseen()[: len(pairs)]
        self._alike = alike[: len(pairs), : len(pairs)].copy()

    def understand(self, text: str) -> Found:
        if not form(text, self._language):
            return Found(None, (), ())
        said = self._callers.read([text], self._language)
        borrowed = likeness(said, self._callers.features)[:, self._taken]
        alike = np.concatenate([likeness(said, self._features), borrowed], axis=1)
        values = (alike @ self._weights)[0]
        order = np.argsort(-values, kind="stable")
        raw = tuple((self._ids[at], float(values[at])) for at in order)
        choice, close = self.bounds.outcome(raw)
        scores = tuple((id, self.bounds.scaled(value)) for id, value in raw)
        return Found(choice, close, scores, self._nearest(alike[0]))

    def confusing(self) -> tuple[Confusing, ...]:
        """The pairs of examples that are taken for each other when one has not been seen, worst first."""
        own = len(self._texts)
        unseen, matter = self._unseen, self._matter[:own]
        found: dict[frozenset[int], float] = {}
        for at in range(own):
            others = unseen[at].copy()
            others[matter[at]] = -np.inf
            rival = int(others.argmax())
            if len(self._ids) < 2 or unseen[at, matter[at]] - others[rival] >= self.bounds.margin:
                continue
            if others[rival] < self.bounds.confirm:
                continue  # taken for nothing: a lonely example, but no confusing one
            rivals = np.flatnonzero(matter == rival)
            if rivals.size:
                nearest = int(rivals[self._alike[at, rivals].argmax()])
                found[frozenset((at, nearest))] = float(self._alike[at, nearest])
        worst = sorted(found.items(), key=lambda pair: -pair[1])[:MOST_CONFUSING]
        return tuple(self._confusing(min(pair), max(pair), alike) for pair, alike in worst)

    def _confusing(self, first: int, second: int, alike: float) -> Confusing:
        return Confusing(self._told(first), self._told(second), round(min(1.0, max(0.0, alike)), 3))

    def _nearest(self, alike: Numbers) -> tuple[tuple[str, str], ...]:
        mine = np.where(self._matter >= 0, alike, 0.0)
        return tuple(self._told(int(at)) for at in np.argsort(-mine, kind="stable")[:NEAREST] if mine[at] > 0)

    def _told(self, at: int) -> tuple[str, str]:
        own = len(self._texts)
        text = self._texts[at] if at < own else self._callers.phrases[self._taken[at - own]]
        return self._ids[self._matter[at]], text


def decide(scores: Sequence[tuple[str, float]], accept: float, margin: float) -> Found:
    """From scores, best first: one when it is high and far enough from the next, several when they are too close."""
    if not scores or scores[0][1] < accept:
        return Found(None, (), tuple(scores))
    best = scores[0][1]
    close = tuple(id for id, score in scores[:3] if best - score < margin)
    if len(close) > 1:
        return Found(None, close, tuple(scores))
    return Found(scores[0][0], (), tuple(scores))


def confusing(examples: Mapping[str, Sequence[str]], language: str) -> tuple[Confusing, ...]:
    """For an editor: which examples of two matters confuse. Empty where there are no words. Raises UnknownLanguage."""
    try:
        return Intents(examples, language).confusing()
    except ValueError:
        return ()


def _topics(
    known: Callers, features: Features, matter: NDArray[np.intp], matters: int
) -> tuple[dict[int, int], list[int]]:
    """Topic to the matter that it is lent to, and the topics that are something else."""
    told = known.told.scores(likeness(features, known.features))
    mine = fitted(likeness(features, features), _wanted(matter, matters), np.full(len(matter), DOUBT))
    back = mine.scores(likeness(known.features, features)).argmax(axis=1)
    lent: dict[int, int] = {}
    against: list[int] = []
    about = np.stack([told[matter == place].mean(axis=0) if (matter == place).any() else np.zeros(told.shape[1])
                      for place in range(matters)])  # fmt: skip
    for topic in range(len(known.names)):
        place = int(about[:, topic].argmax())
        if about[place, topic] >= ABOUT and np.mean(back[known.topic == topic] == place) >= BACK:
            lent[topic] = place
        elif about[place, topic] < BESIDE:
            against.append(topic)
    return lent, against


def _taken(of_topic: NDArray[np.intp], lent: Mapping[int, int], against: Sequence[int]) -> NDArray[np.intp]:
    """Which phrases are learnt from: all that are lent, and some of each other topic."""
    all_of = {topic: np.flatnonzero(of_topic == topic) for topic in (*lent, *against)}
    some = [at if topic in lent else at[:: -(-len(at) // MOST_AGAINST)] for topic, at in all_of.items()]
    return np.sort(np.concatenate(some)) if some else np.zeros(0, dtype=np.intp)


def _among(known: Callers, features: Features, taken: NDArray[np.intp]) -> Numbers:
    """The likenesses among a tree's examples and the topics' phrases at ``taken``, which are known already."""
    across = likeness(features, known.features.rows(taken))
    return np.block([[likeness(features, features), across], [across.T, known.likeness[np.ix_(taken, taken)]]])


def _wanted(matter: NDArray[np.intp], matters: int) -> Numbers:
    """A row for each phrase with 1 at its matter; all 0 for what is none (-1)."""
    return np.where(matter[:, None] == np.arange(matters), 1.0, 0.0)


def _judged(fit: Ridge, matter: NDArray[np.intp], groups: list[NDArray[np.intp]]) -> Bounds:
    """Known: every phrase of a matter, unseen. Strangers: every phrase of something else, unseen, and every matter and
    every other topic, unseen as a whole: half of what is no matter here is like what was learnt, half like nothing."""
    known, width = matter >= 0, fit.wanted.shape[1]
    unseen = fit.unseen()
    strangers = [unseen[~known]]
    for group in groups:
        if group.size and group.size < len(matter):
            scores = fit.without(group)
            own = int(matter[group[0]])
            if own >= 0:
                scores[:, own] = -1.0
            strangers.append(scores)
    return bounds(unseen[known], matter[known], np.concatenate(strangers) if width else np.zeros((0, width)))
