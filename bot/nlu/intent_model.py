"""Which intent a text has: three scores for each are added, and make probabilities.

The n-grams see the decisive word and its typing mistakes, the sentence vector sees what words never seen in training
mean, and the nearest training phrase settles what is rare. All is stored as plain arrays; a prediction is a few small
products. How much each score counts, when the n-grams alone are enough and from where on a text is foreign is measured
on phrases that were held out during training.
"""

from dataclasses import dataclass
from typing import Callable, Sequence, Tuple

import numpy as np

from bot.nlu.ngrams import Arrays, Ngrams

Embed = Callable[[str], np.ndarray]
OUT_OF_SCOPE = "out_of_scope"
NOT_AT_ALL_NEAR = -1.0


@dataclass(frozen=True)
class Head:
    """One linear classifier: a column by intent."""

    coefficients: np.ndarray
    intercepts: np.ndarray


@dataclass(frozen=True)
class Space:
    """Where the training phrases lie among sentence vectors, ordered by intent; `starts` says where each begins."""

    mean: np.ndarray
    phrases: np.ndarray
    intents: np.ndarray
    starts: np.ndarray

    @classmethod
    def of(cls, vectors: np.ndarray, labels: np.ndarray) -> "Space":
        mean, order = vectors.mean(axis=0), np.argsort(labels, kind="stable")
        intents, starts = np.unique(labels[order], return_index=True)
        return cls(mean, place(vectors[order], mean), intents, starts)

    def place(self, vectors: np.ndarray) -> np.ndarray:
        return place(vectors, self.mean)

    def nearness(self, placed: np.ndarray, intents: int) -> np.ndarray:
        """Return the cosine to the nearest phrase of each intent."""
        found = np.full((*placed.shape[:-1], intents), NOT_AT_ALL_NEAR, dtype=np.float32)
        found[..., self.intents] = np.maximum.reduceat(placed @ self.phrases.T, self.starts, axis=-1)
        return found


def place(vectors: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Take the mean off, as these vectors all point roughly the same way, and make them equally long."""
    centred = vectors - mean
    placed: np.ndarray = centred / np.maximum(np.linalg.norm(centred, axis=-1, keepdims=True), 1e-9)
    return placed.astype(np.float32)


@dataclass(frozen=True)
class Limits:
    """Measured limits: from which sureness on the n-grams alone suffice, and how signs of foreignness are weighed."""

    ngrams_suffice: float
    ngrams_sharpness: float
    foreign: np.ndarray


@dataclass(frozen=True)
class Prediction:
    """Probabilities by intent, out_of_scope among them; `foreign` says that no intent in scope should be taken."""

    probabilities: np.ndarray
    foreign: bool
    used_vector: bool


class IntentModel:
    """Predicts; made by training or from stored arrays."""

    def __init__(
        self,
        intents: Sequence[str],
        ngrams: Ngrams,
        heads: Tuple[Head, Head],
        space: Space,
        mix: np.ndarray,
        limits: Limits,
    ) -> None:
        self.intents = list(intents)
        self.ngrams = ngrams
        self.by_ngrams, self.by_vector = heads
        self.space = space
        self.mix = mix
        self.limits = limits
        self.outside = self.intents.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in self.intents else None

    def predict(self, text: str, embed: Embed) -> Prediction:
        """Ask for the sentence vector only when the n-grams leave a doubt."""
        scores = self._ngram_scores(text)
        sure = self._sharpened(scores)
        is_sure = sure.max() >= self.limits.ngrams_suffice and sure.argmax() != self.outside
        if is_sure and self.ngrams.knows_every_word(text):
            return Prediction(sure, foreign=False, used_vector=False)
        placed = self.space.place(embed(text))
        vector_scores = placed @ self.by_vector.coefficients + self.by_vector.intercepts
        nearness = self.space.nearness(placed, len(self.intents))
        mixed = self.mix @ np.stack([scores, vector_scores, nearness])
        foreign = False
        if self.outside is not None:
            foreign = bool(signs_of_foreignness(mixed, self.outside, nearness) @ self.limits.foreign > 0)
        return Prediction(softmax(mixed), foreign, used_vector=True)

    def glance(self, text: str) -> np.ndarray:
        """Return probabilities by the n-grams alone, which cost next to nothing."""
        return self._sharpened(self._ngram_scores(text))

    def _sharpened(self, scores: np.ndarray) -> np.ndarray:
        return softmax(scores * self.limits.ngrams_sharpness)

    def _ngram_scores(self, text: str) -> np.ndarray:
        (columns, values), head = self.ngrams.weigh(text), self.by_ngrams
        # The few n-grams of one message pick their rows; a product of whole matrices would read all of them.
        scores: np.ndarray = head.intercepts + values @ head.coefficients[columns]
        return scores

    def to_arrays(self) -> Arrays:
        return {
            "intents": np.array(self.intents),
            **self.ngrams.to_arrays(),
            "ngram_coefficients": self.by_ngrams.coefficients,
            "ngram_intercepts": self.by_ngrams.intercepts,
            "vector_coefficients": self.by_vector.coefficients,
            "vector_intercepts": self.by_vector.intercepts,
            "space_mean": self.space.mean,
            "space_phrases": self.space.phrases.astype(np.float16),
            "space_intents": self.space.intents,
            "space_starts": self.space.starts,
            "mix": self.mix,
            "limits": np.array([self.limits.ngrams_suffice, self.limits.ngrams_sharpness]),
            "foreign": self.limits.foreign,
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> "IntentModel":
        by_ngrams, by_vector = (
            Head(arrays[f"{name}_coefficients"], arrays[f"{name}_intercepts"]) for name in ("ngram", "vector")
        )
        phrases = arrays["space_phrases"].astype(np.float32)
        space = Space(arrays["space_mean"], phrases, arrays["space_intents"], arrays["space_starts"])
        suffice, sharpness = (float(limit) for limit in arrays["limits"])
        limits = Limits(suffice, sharpness, arrays["foreign"])
        intents, ngrams = arrays["intents"].tolist(), Ngrams.from_arrays(arrays)
        return cls(intents, ngrams, (by_ngrams, by_vector), space, arrays["mix"], limits)


def softmax(scores: np.ndarray) -> np.ndarray:
    odds = np.exp(scores - scores.max(axis=-1, keepdims=True))
    probabilities: np.ndarray = odds / odds.sum(axis=-1, keepdims=True)
    return probabilities


def signs_of_foreignness(scores: np.ndarray, outside: int, nearness: np.ndarray) -> np.ndarray:
    """Return what tells a text out of scope: its lead, how strong the best other is, and what it lies nearer to."""
    best_inside = np.delete(scores, outside, axis=-1).max(axis=-1)
    nearest_inside = np.delete(nearness, outside, axis=-1).max(axis=-1)
    lead = scores[..., outside] - best_inside
    return np.stack([lead, best_inside, nearest_inside, nearness[..., outside], np.ones_like(lead)], axis=-1)
