"""Finding things by their names as people type them: with typing errors, in another order, by an old name or only by a part of it.

What is found, and in which order, is worked out here and not in the database, so that it is the same on each of them.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz import fuzz, process, utils
from rapidfuzz.distance import OSA

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# What stands between the names in one column of them.
SEPARATOR = " | "
# With one letter changed, a shorter word could be any other.
MIN_FUZZY_LENGTH = 4
# How much alike a typed word and the one that it stands for must be: 1 is the same; one error in four letters, two in seven.
MIN_WORD_LIKENESS = 0.7
# How much alike two whole names must be, out of a hundred.
MIN_NAME_LIKENESS = 76
MAX_WORDS = 20
# Stands between texts that are taken at once, and in none of them.
_BETWEEN = "\x1f"
_SIGNS = {code: " " for code in range(128) if not chr(code).isalnum() and chr(code) != _BETWEEN}
# Words that tell no name from another.
_PASSED_OVER = {"and", "of", "the"}


class Likeness(IntEnum):
    """How a name was found, the closest first."""

    EXACT = 0
    STARTS = 1
    HOLDS = 2
    NEAR = 3


class Named(NamedTuple):
    """One thing that can be found: its key, its present name, its other names and its code."""

    key: int
    name: str
    other_names: str = ""
    code: str = ""


@dataclass(frozen=True)
class Found:
    """One thing that was found, and how: of what was found in the same way, the higher score comes first."""

    key: int
    likeness: Likeness
    score: float
    name: str

    @property
    def order(self) -> tuple[int, float, str, int]:
        """Put what is closest first, and what is equally close by name."""
        return (self.likeness, -self.score, self.name, self.key)


def split_names(names: str) -> list[str]:
    """Return the names that one column holds."""
    return [name.strip() for name in names.split(SEPARATOR.strip()) if name.strip()] if names else []


def join_names(names: Iterable[str], *, without: str = "") -> str:
    """Write names into one column, each once, whatever its case, and without one of them."""
    kept = {plain(without): ""}
    for name in names:
        kept.setdefault(plain(name), " ".join(name.split()))
    return SEPARATOR.join(name for name in kept.values() if name)


def plain(name: str) -> str:
    """Return a name as it is compared with another that should be the same: whatever the case and the spaces."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def same_name(typed: str, things: Iterable[Named]) -> list[int]:
    """Return the keys of what has exactly this name, whatever the case; where nothing has, of what has it as another name."""
    wanted = plain(typed)
    things = list(things) if wanted else []
    by_name = [thing.key for thing in things if plain(thing.name) == wanted]
    return by_name or [
        thing.key for thing in things if thing.other_names and wanted in map(plain, split_names(thing.other_names))
    ]


def find_names(typed: str, things: Iterable[Named]) -> list[Found]:
    """Return what people who type this may mean, the closest first; what is equally close by name.

    Each word may be a part of a name or have typing errors; or the whole is much like one of the names.
    """
    typed_words = _words(typed)[:MAX_WORDS]
    text = " ".join(typed_words)
    words = [word for word in typed_words if word not in _PASSED_OVER] or typed_words
    if not words:
        return []
    index = _Index(things)
    near = index.near_by_words(words)
    for place, score in index.near_as_a_whole(text):
        near[place] = max(score, near.get(place, 0.0))
    found = [index.tell(place, text, words, score) for place, score in near.items()]
    return sorted(found, key=lambda one: one.order)


def _words(text: str) -> list[str]:
    """Return the words of a text with one kind of letter: without case, accents and punctuation."""
    text = text.replace("'", "")
    if text.isascii():
        return text.lower().translate(_SIGNS).split()
    text = unicodedata.normalize("NFKD", text.replace("’", "")).casefold()
    return utils.default_process("".join(c for c in text if not unicodedata.combining(c))).split()


def _plain_words(texts: Sequence[str]) -> list[str]:
    """Return the words of each text with single spaces: of all plain texts at once, which takes a third of the time."""
    whole = _BETWEEN.join(text if text.isascii() else "" for text in texts)
    lines = whole.replace("'", "").lower().translate(_SIGNS).split(_BETWEEN)
    if len(lines) != len(texts):
        lines = list(texts)
    return [" ".join(line.split() if text.isascii() else _words(text)) for text, line in zip(texts, lines, strict=True)]


class _Index:
    """The names of many things, laid out for one search; each thing is known by its place.

    All of it is text: as many lists of words would take longer to clear away than to search.
    """

    def __init__(self, things: Iterable[Named]) -> None:
        self.things = list(things)
        others = [(place, name) for place, thing in enumerate(self.things) if thing[2] for name in split_names(thing[2])]
        self.names = _plain_words([thing[1] for thing in self.things])
        self.others: dict[int, list[str]] = {}
        for (place, _), name in zip(others, _plain_words([name for _, name in others]), strict=True):
            self.others.setdefault(place, []).append(name)
        # Everything that a thing is found by, each word between spaces.
        self.texts = [f" {name} {thing[3].lower()} " for name, thing in zip(self.names, self.things, strict=True)]
        for place, names in self.others.items():
            self.texts[place] += " ".join(names) + " "

    def near_by_words(self, words: Sequence[str]) -> dict[int, float]:
        """Return what has each of the words, or one much like it, with how much alike they are on average."""
        vocabulary = list(set("".join(self.texts).split()))
        scores = dict.fromkeys(range(len(self.things)), 0.0)
        for word in words:
            like = _like(word, vocabulary)
            kept: dict[int, float] = {}
            for place, score in scores.items():
                text = self.texts[place]
                if word in text:
                    kept[place] = score + 1.0
                elif like:
                    best = next((alike for known, alike in like if known in text), 0.0)
                    if best:
                        kept[place] = score + best
            scores = kept
        return {place: score / len(words) for place, score in scores.items()}

    def near_as_a_whole(self, text: str) -> list[tuple[int, float]]:
        """Return what has a name much like the whole text."""
        if len(text) < MIN_FUZZY_LENGTH:
            return []
        others = [(place, name) for place, names in self.others.items() for name in names]
        places = [*range(len(self.names)), *(place for place, _ in others)]
        names = [*self.names, *(name for _, name in others)]
        found = process.extract(text, names, scorer=fuzz.ratio, score_cutoff=MIN_NAME_LIKENESS, limit=None)
        return [(places[at], score / 100) for _, score, at in found]

    def tell(self, place: int, text: str, words: Sequence[str], score: float) -> Found:
        """Say how something was found."""
        key, _, _, code = self.things[place]
        names = [self.names[place], *self.others.get(place, ()), code.lower()]
        if text in names:
            likeness = Likeness.EXACT
        elif any(name.startswith(text) for name in names):
            likeness = Likeness.STARTS
        elif all(word in self.texts[place] for word in words):
            likeness = Likeness.HOLDS
        else:
            likeness = Likeness.NEAR
        if likeness != Likeness.NEAR:
            # The present name goes before an earlier one that is as close.
            score = 1.0 if text in self.names[place] else 0.9
        return Found(key, likeness, round(score, 3), self.names[place])


def _like(word: str, vocabulary: Sequence[str]) -> list[tuple[str, float]]:
    """Return the known words that are much like a typed one, each between spaces, with how much; the closest first."""
    # A code, a number and a short word have to be typed as they are.
    if len(word) < MIN_FUZZY_LENGTH or not word.isalpha():
        return []
    alike = process.extract(word, vocabulary, scorer=OSA.normalized_similarity, score_cutoff=MIN_WORD_LIKENESS, limit=None)
    return [(f" {known} ", score) for known, score, _ in alike]
