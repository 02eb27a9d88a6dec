"""How well texts were understood: pure functions over what was meant and what was understood.

A text is rejected when the bot says that it does not understand it (`nlu_fallback`) or that it is not its business
(`out_of_scope`). For a text in scope a rejection is wrong; for a text out of scope it is right.
"""

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

OUT_OF_SCOPE = "out_of_scope"
REJECTIONS = frozenset({OUT_OF_SCOPE, "nlu_fallback"})
BINS = 10
# Shorter texts often belong to several languages: "ok", "hallo", "internet".
WORDS_FOR_A_LANGUAGE = 3

_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Judged:
    """One text: what a person says that it means, and what the bot made of it."""

    text: str
    language: str | None
    detected: str | None
    meant: str
    understood: str
    confidence: float
    milliseconds: float

    @property
    def is_in_scope(self) -> bool:
        return self.meant != OUT_OF_SCOPE

    @property
    def is_rejected(self) -> bool:
        return self.understood in REJECTIONS

    @property
    def is_right(self) -> bool:
        return self.understood == self.meant if self.is_in_scope else self.is_rejected


@dataclass(frozen=True)
class Confusion:
    """So many texts that meant one intent were taken for another."""

    meant: str
    understood: str
    texts: int


@dataclass(frozen=True)
class Measures:
    """The figures of one language or of all; None where there is nothing to count."""

    texts: int
    in_scope: int
    accuracy: float | None
    macro_f1: float | None
    out_of_scope_recall: float | None
    in_scope_lost: float | None
    calibration_error: float | None
    language_accuracy: float | None
    milliseconds_p50: float | None
    milliseconds_p95: float | None


def measure(judged: Sequence[Judged]) -> Measures:
    return Measures(
        texts=len(judged),
        in_scope=sum(text.is_in_scope for text in judged),
        accuracy=accuracy(judged),
        macro_f1=macro_f1(judged),
        out_of_scope_recall=out_of_scope_recall(judged),
        in_scope_lost=in_scope_lost(judged),
        calibration_error=calibration_error(judged),
        language_accuracy=language_accuracy(judged),
        milliseconds_p50=percentile([text.milliseconds for text in judged], 50),
        milliseconds_p95=percentile([text.milliseconds for text in judged], 95),
    )


def accuracy(judged: Iterable[Judged]) -> float | None:
    """Return the share of texts in scope whose intent was understood; a rejected one is not."""
    return _share([text.is_right for text in judged if text.is_in_scope])


def out_of_scope_recall(judged: Iterable[Judged]) -> float | None:
    return _share([text.is_rejected for text in judged if not text.is_in_scope])


def in_scope_lost(judged: Iterable[Judged]) -> float | None:
    """Return the share of texts in scope that were rejected."""
    return _share([text.is_rejected for text in judged if text.is_in_scope])


def macro_f1(judged: Iterable[Judged]) -> float | None:
    """Return the mean F1 over the intents that were meant, out of scope being one; every rejection counts for it."""
    pairs = Counter((text.meant, OUT_OF_SCOPE if text.is_rejected else text.understood) for text in judged)
    meant = _sums(pairs, place=0)
    understood = _sums(pairs, place=1)
    scores = [2 * pairs[intent, intent] / (meant[intent] + understood[intent]) for intent in meant]
    return sum(scores) / len(scores) if scores else None


def confusions(judged: Iterable[Judged]) -> list[Confusion]:
    """Return what was taken for what, the most frequent first."""
    wrong = Counter((text.meant, text.understood) for text in judged if not text.is_right)
    ordered = sorted(wrong.items(), key=lambda item: (-item[1], item[0]))
    return [Confusion(meant, understood, texts) for (meant, understood), texts in ordered]


def calibration_error(judged: Iterable[Judged]) -> float | None:
    """Return the expected calibration error of the intents that were not rejected, in ten bins of equal width.

    A rejection has no probability to compare: its confidence is that of no intent.
    """
    bins: dict[int, list[Judged]] = {}
    for text in judged:
        if not text.is_rejected:
            bins.setdefault(_bin(text.confidence), []).append(text)
    accepted = sum(map(len, bins.values()))
    return sum(_gap(texts) for texts in bins.values()) / accepted if accepted else None


def language_accuracy(judged: Iterable[Judged]) -> float | None:
    """Return how often the language was identified in texts of three words or more that say theirs."""
    return _share([text.detected == text.language for text in judged if text.language and has_enough_words(text.text)])


def has_enough_words(text: str) -> bool:
    return len(_WORD.findall(text)) >= WORDS_FOR_A_LANGUAGE


def percentile(values: Collection[float], percent: int) -> float | None:
    """Return the smallest value that so many percent of the values do not exceed."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def _share(hits: Sequence[bool]) -> float | None:
    return sum(hits) / len(hits) if hits else None


def _sums(pairs: Counter[tuple[str, str]], *, place: int) -> Counter[str]:
    sums: Counter[str] = Counter()
    for pair, texts in pairs.items():
        sums[pair[place]] += texts
    return sums


def _bin(confidence: float) -> int:
    """Return 0 for (0, 0.1] to 9 for (0.9, 1]; rounding keeps 0.3 out of the bin above."""
    return min(BINS - 1, max(0, math.ceil(round(confidence * BINS, 9)) - 1))


def _gap(texts: Sequence[Judged]) -> float:
    """Return by how much the sum of the confidences misses the number of right texts."""
    return abs(sum(text.confidence for text in texts) - sum(text.is_right for text in texts))
