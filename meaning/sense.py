"""From what was heard to what was meant, for the question that was asked. What is uncertain is not guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from ivr.actions import Ask, Option
from meaning import addresses, corrections, values
from meaning.commands import Command, command
from meaning.intents import Found, Intents, decide
from meaning.lexicon import LANGUAGES, lexicon
from meaning.normal import core, folded, kana
from meaning.tiling import tiles
from meaning.yesno import YesNo, yesno

HEARD_ENOUGH, HEARD_MARGIN = 0.5, 0.2
"""Share and lead that the ear's closed list must give to decide alone (it weighs every option, so none is 0)."""
CONTRARY = 0.85
"""Share at which the ear's closed list contradicts the words."""
EAR_WEIGHT = 0.4
CLEAR = 0.95
"""Score of an answer in plain words."""

Scores = tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """The fields of ivr.events.Spoke that the sense decides.

    choice: the option's id, or ``yes``/``no``. value: canonical (``ivr.slots``); a foreign telephone number in E.164.
    scores: (id, 0..1) best first. close: ids too close to tell apart, best first. command: said instead of an answer.
    values: (kind, value) of what was said with a choice and is sure, for questions to come.
    nearest: (id, phrase) that the words resemble most, best first.
    """

    choice: str | None = None
    value: str | None = None
    scores: Scores = ()
    close: tuple[str, ...] = ()
    command: Command | None = None
    values: tuple[tuple[str, str], ...] = ()
    nearest: tuple[tuple[str, str], ...] = ()


class Sense:
    """``asks``: the questions that may be asked, whose words are learnt beforehand; others are when they come."""

    def __init__(self, asks: Iterable[Ask] = ()) -> None:
        self._learnt: dict[tuple[str, tuple[Option, ...]], Intents | None] = {}
        for ask in asks:
            if ask.expects in ("choice", "open"):
                self._intents(ask)
            if ask.expects == "address":
                addresses.prepare()

    def understand(
        self,
        ask: Ask,
        text: str,
        scores: Scores = (),
        digits: str = "",
        confidence: float = 1.0,
        *,
        today: date,
        is_written: bool = False,
        before: Ask | None = None,
    ) -> Meant:
        """What the hypothesis of the ear means as an answer to ``ask``. Never raises on any text.

        text, scores, digits, confidence: as in asr.speech.Hypothesis; scores are shares of the ear's closed list.
        today: in the zone of the tree. is_written: the customer typed it, so that the signs of a name are theirs.
        before: the question that was answered before this one. Taken back, its answer is what choice or value are.
        """
        language = ask.language if ask.language in LANGUAGES else LANGUAGES[0]
        instead = corrections.split(text, language) if ask.expects != "yesno" else None
        if instead is not None:
            return self._corrected(ask, instead, before, today=today, is_written=is_written)
        if ask.expects in ("choice", "open"):
            meant = self._chosen(ask, language, text, scores)
            if meant.choice is None and not meant.close:
                return meant
            return replace(meant, values=values.in_passing(text, language, today))
        said = command(text, language)
        if said is not None:
            return Meant(command=said, scores=scores)
        if ask.expects == "yesno":
            side = yesno(text, language)
            if side is None and len(named := _named(ask.options, text, language, whole=True)) == 1:
                side = "yes" if named[0] == "yes" else "no"
            return _agreed(side, scores)
        value = values.understood(ask, text, digits, confidence, today=today, is_written=is_written)
        return Meant(value=value)

    def _corrected(self, ask: Ask, instead: str, before: Ask | None, *, today: date, is_written: bool) -> Meant:
        if not instead:
            return Meant(command="correct")
        if before is None:
            # Nothing was answered yet: what comes after is the answer to this question.
            return self.understand(ask, instead, today=today, is_written=is_written)
        meant = self.understand(before, instead, today=today, is_written=is_written)
        return replace(meant, command="correct", close=(), scores=meant.scores if meant.choice else ())

    def _chosen(self, ask: Ask, language: str, text: str, scores: Scores) -> Meant:
        # Among examples, a word that happens to be in what was said does not decide: it is weighed with all others.
        named = _named(ask.options, text, language, whole=ask.expects == "open")
        if len(named) == 1:
            return Meant(choice=named[0], scores=((named[0], CLEAR),))
        said = command(text, language)
        if said is not None:
            return Meant(command=said, scores=scores)
        if named:
            return Meant(close=named[:3], scores=tuple((id, CLEAR) for id in named))
        known = {option.id for option in ask.options}
        heard = tuple((id, score) for id, score in scores if id in known)
        intents = self._intents(ask)
        found = intents.understand(text) if intents is not None else Found(None, (), ())
        return _weighed(found, heard, intents.accept if intents is not None else 1.0)

    def _intents(self, ask: Ask) -> Intents | None:
        language = ask.language if ask.language in LANGUAGES else LANGUAGES[0]
        key = (language, ask.options)
        if key not in self._learnt:
            examples: Mapping[str, tuple[str, ...]] = {
                option.id: (option.label, *option.words) for option in ask.options
            }
            try:
                self._learnt[key] = Intents(examples, language)
            except ValueError:  # options without words, or none: only keys and screens answer this
                self._learnt[key] = None
        return self._learnt[key]


def is_backchannel(text: str, language: str) -> bool:
    """Whether the text only shows that the caller listens (はい, ええ, uh-huh), which must not derail a prompt."""
    language = language if language in LANGUAGES else LANGUAGES[0]
    words = lexicon(language)
    return all(kind for kind, _ in tiles(folded(text, language), {"listens": words.backchannels}))


def _agreed(side: YesNo | None, scores: Scores) -> Meant:
    shares = dict(scores)
    if side is None:
        best, share = scores[0] if scores else ("", 0.0)
        clear = best in ("yes", "no") and share >= HEARD_ENOUGH + HEARD_MARGIN
        return Meant(choice=best if clear else None, scores=scores)
    other = "no" if side == "yes" else "yes"
    if shares.get(other, 0.0) >= CONTRARY:
        return Meant(scores=scores, close=(side, other))
    return Meant(choice=side, scores=((side, max(CLEAR, shares.get(side, 0.0))),))


def _weighed(found: Found, heard: Scores, accept: float) -> Meant:
    """The words and the ear's closed list together; either decides alone when the other says nothing."""
    if not heard:
        return Meant(choice=found.choice, close=found.close, scores=found.scores, nearest=found.nearest)
    if found.choice is None and not found.close:
        chosen = decide(heard, HEARD_ENOUGH, HEARD_MARGIN)
        return Meant(choice=chosen.choice, close=chosen.close, scores=heard)
    shares = dict(heard)
    mixed = sorted(
        ((id, (1 - EAR_WEIGHT) * score + EAR_WEIGHT * shares.get(id, 0.0)) for id, score in found.scores),
        key=lambda pair: -pair[1],
    )
    chosen = decide([(id, round(score, 4)) for id, score in mixed], (1 - EAR_WEIGHT) * accept, HEARD_MARGIN / 2)
    return Meant(choice=chosen.choice, close=chosen.close, scores=chosen.scores, nearest=found.nearest)


def _named(options: tuple[Option, ...], text: str, language: str, *, whole: bool = False) -> tuple[str, ...]:
    """The options that the text names outright: by key or ordinal, or by label or word, the longest only.

    whole: a label or word must be all that was said.
    """
    said = folded(text, language)
    if not said:
        return ()
    by_key = _key(said, language)
    keyed = tuple(option.id for option in options if option.key is not None and option.key == by_key)
    if keyed:
        return keyed
    exact, within = [], []
    bare, sound = core(text, language), kana(said) if language == "ja" else ""
    for option in options:
        for words in (option.label, *option.words):
            name = folded(words, language)
            if name in (said, bare) or (sound and kana(name) == sound):
                exact.append(option.id)
            elif len(name) >= 2 and _holds(said, name, language):
                within.append((name, option.id))
    if exact or whole:
        return tuple(dict.fromkeys(exact))
    longest = [id for name, id in within if not any(name != other and name in other for other, _ in within)]
    return tuple(dict.fromkeys(longest))


def _holds(whole: str, name: str, language: str) -> bool:
    return name in whole if language == "ja" else f" {name} " in f" {whole} "


def _key(whole: str, language: str) -> str | None:
    """The telephone key that the text names: 二番, "number two", "the second one", シャープ."""
    words = lexicon(language)
    if whole in words.key_words:
        return words.key_words[whole]
    number = "|".join(re.escape(word) for word in sorted(_numbers(language), key=len, reverse=True))
    ordinal = "|".join(words.ordinals) or "(?!)"
    for form in words.ordinal:
        found = re.search(form.replace("NUMBER", number).replace("ORDINAL", ordinal), whole)
        if found:
            return words.ordinals.get(found[1]) or _numbers(language)[found[1]]
    return None


def _numbers(language: str) -> dict[str, str]:
    words = lexicon(language)
    spelled = {**words.strong, **words.weak}
    if language == "ja":
        spelled = {**spelled, **{_hiragana(word): digit for word, digit in spelled.items()}}
    return {**spelled, **{str(figure): str(figure) for figure in range(10)}}


def _hiragana(word: str) -> str:
    return "".join(chr(ord(sign) - 0x60) if "ァ" <= sign <= "ヶ" else sign for sign in word)
