"""Trains an intent model: both heads on all phrases, and what mixes and limits them on phrases held out in turn."""

from dataclasses import dataclass
from typing import Any, List, Sequence, Tuple

import numpy as np
from joblib import Parallel, delayed
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from bot.nlu.intent_model import OUT_OF_SCOPE, Head, IntentModel, Limits, Space, signs_of_foreignness, softmax
from bot.nlu.ngrams import Ngrams


@dataclass(frozen=True)
class Settings:
    """How training is done; `config.yml` says why these values."""

    ngram_freedom: float = 1.0
    vector_freedom: float = 9.0
    folds: int = 4
    block: int = 6
    lost_in_scope: float = 0.05
    harm_of_haste: float = 0.0003


@dataclass(frozen=True)
class Phrases:
    """Training phrases; the intents' names have vectors too, as one more phrase each."""

    texts: Sequence[str]
    labels: np.ndarray
    vectors: np.ndarray
    intents: Sequence[str]
    name_vectors: np.ndarray

    def part(self, chosen: np.ndarray) -> "Phrases":
        texts = [self.texts[place] for place in chosen]
        return Phrases(texts, self.labels[chosen], self.vectors[chosen], self.intents, self.name_vectors)

    @property
    def outside(self) -> int:
        """The place of out_of_scope, -1 without it."""
        return self.intents.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in self.intents else -1


@dataclass(frozen=True)
class HeldOut:
    """What models say of phrases that they were not trained on, in the order of the phrases.

    `scores` are those by n-grams, by vector and by nearness; `known` says whether each word was seen in training.
    """

    scores: np.ndarray
    known: np.ndarray
    labels: np.ndarray

    def mixed(self, mix: np.ndarray) -> np.ndarray:
        return np.tensordot(mix, self.scores, axes=1)


# Which phrases were asked, their scores, and whether every word of each was known.
Part = Tuple[np.ndarray, np.ndarray, np.ndarray]


def train(phrases: Phrases, settings: Settings) -> IntentModel:
    """Fit the model on all phrases, and beside it one per fold, on all cores."""
    tasks = [delayed(_fit)(phrases, settings), *_folds_to_ask(phrases, settings)]
    (ngrams, heads, space), *parts = Parallel(n_jobs=-1)(tasks)
    held_out = _put_together(parts, phrases)
    mix = fit_mix(held_out.scores, held_out.labels)
    limits = fit_limits(held_out, mix, phrases.outside, settings)
    return IntentModel(phrases.intents, ngrams, heads, space, mix, limits)


def _fit(phrases: Phrases, settings: Settings) -> Tuple[Ngrams, Tuple[Head, Head], Space]:
    ngrams = Ngrams()
    by_ngrams = _fit_ngrams(ngrams.fit(phrases.texts), phrases, settings)
    everything = np.vstack([phrases.vectors, phrases.name_vectors])
    labels = np.concatenate([phrases.labels, np.arange(len(phrases.intents))])
    space = Space.of(phrases.vectors, phrases.labels)
    return ngrams, (by_ngrams, _fit_vectors(space.place(everything), labels, settings)), space


def _fit_ngrams(counted: csr_matrix, phrases: Phrases, settings: Settings) -> Head:
    """A support vector machine: as good as logistic regression here, and many times faster with so many columns."""
    model = LinearSVC(C=settings.ngram_freedom, tol=1e-2)
    model.fit(counted, phrases.labels)
    return _as_head(model, len(phrases.intents))


def _fit_vectors(placed: np.ndarray, labels: np.ndarray, settings: Settings) -> Head:
    model = LogisticRegression(C=settings.vector_freedom, max_iter=100, tol=0.1)
    model.fit(placed, labels)
    return _as_head(model, int(labels.max()) + 1)


def _as_head(model: LinearSVC, count: int) -> Head:
    """Return the weights by intent; one without any phrase is never the best."""
    coefficients = np.zeros((model.coef_.shape[1], count), dtype=np.float32)
    intercepts = np.full(count, -9.0, dtype=np.float32)
    coefficients[:, model.classes_] = model.coef_.T
    intercepts[model.classes_] = model.intercept_
    return Head(coefficients, intercepts)


def _folds_to_ask(phrases: Phrases, settings: Settings) -> List[Any]:  # Any: joblib's own tuple
    """For each fold, ask a model that was trained on the others."""
    folds = _folds(phrases.labels, settings)
    places = [(np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)) for fold in range(settings.folds)]
    return [delayed(_ask_fold)(phrases.part(known), phrases.part(asked), asked, settings) for known, asked in places]


def _ask_fold(known: Phrases, asked: Phrases, places: np.ndarray, settings: Settings) -> Part:
    ngrams, (by_ngrams, by_vector), space = _fit(known, settings)
    placed = space.place(asked.vectors)
    scores = (
        ngrams.count(asked.texts) @ by_ngrams.coefficients + by_ngrams.intercepts,
        placed @ by_vector.coefficients + by_vector.intercepts,
        space.nearness(placed, len(known.intents)),
    )
    return (
        places,
        np.stack(scores).astype(np.float32),
        np.array([ngrams.knows_every_word(text) for text in asked.texts]),
    )


def _put_together(parts: Sequence[Part], phrases: Phrases) -> HeldOut:
    scores = np.zeros((3, len(phrases.texts), len(phrases.intents)), dtype=np.float32)
    known = np.zeros(len(phrases.texts), dtype=bool)
    for places, of_part, are_known in parts:
        scores[:, places], known[places] = of_part, are_known
    return HeldOut(scores, known, phrases.labels)


def _folds(labels: np.ndarray, settings: Settings) -> np.ndarray:
    """Deal out blocks of neighbours: phrases written after one another are alike, and would betray one another."""
    folds = np.zeros(len(labels), dtype=int)
    for label in np.unique(labels):
        places = np.flatnonzero(labels == label)
        block = max(1, min(settings.block, len(places) // (2 * settings.folds)))
        folds[places] = np.arange(len(places)) // block % settings.folds
    return folds


def fit_mix(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the factors with which the sum of the scores gives the most honest probabilities."""
    rows = np.arange(len(labels))

    def surprise(logarithms: np.ndarray) -> float:
        mixed = np.tensordot(np.exp(logarithms), scores, axes=1)
        return float(-np.log(softmax(mixed)[rows, labels] + 1e-12).mean())

    corners = np.vstack([np.zeros(len(scores)), np.eye(len(scores))])
    options = {"maxiter": 100, "xatol": 0.01, "fatol": 1e-4, "initial_simplex": corners}
    found = minimize(surprise, corners[0], method="Nelder-Mead", options=options)
    factors: np.ndarray = np.exp(found.x)
    return factors


def fit_limits(held_out: HeldOut, mix: np.ndarray, outside: int, settings: Settings) -> Limits:
    sharpness = float(fit_mix(held_out.scores[:1], held_out.labels)[0])
    foreign = _fit_foreign(held_out, mix, outside, settings) if outside >= 0 else np.zeros(5)
    suffice = _fit_haste(held_out, mix, sharpness, outside, settings)
    return Limits(suffice, sharpness, foreign)


def _fit_foreign(held_out: HeldOut, mix: np.ndarray, outside: int, settings: Settings) -> np.ndarray:
    """Weigh the signs, and set the limit so that only the allowed share of phrases in scope is lost."""
    signs = signs_of_foreignness(held_out.mixed(mix), outside, held_out.scores[2])
    is_foreign = held_out.labels == outside
    model = LogisticRegression(C=10.0, class_weight="balanced", max_iter=500).fit(signs[:, :-1], is_foreign)
    evidence = signs[:, :-1] @ model.coef_[0]
    limit = np.quantile(evidence[~is_foreign], 1 - settings.lost_in_scope)
    return np.append(model.coef_[0], -limit)


def _fit_haste(held_out: HeldOut, mix: np.ndarray, sharpness: float, outside: int, settings: Settings) -> float:
    """Return the lowest sureness of the n-grams from which on asking the vector too would hardly be righter."""
    quick = softmax(held_out.scores[0] * sharpness)
    full = held_out.mixed(mix).argmax(axis=1)
    sureness, guess = quick.max(axis=1), quick.argmax(axis=1)
    hasty = np.flatnonzero(held_out.known & (guess != outside))
    hasty = hasty[np.argsort(-sureness[hasty])]
    harm = (full[hasty] == held_out.labels[hasty]).astype(int) - (guess[hasty] == held_out.labels[hasty])
    allowed = np.flatnonzero(np.cumsum(harm) <= settings.harm_of_haste * len(held_out.labels))
    return float(sureness[hasty[allowed[-1]]]) if len(allowed) else 1.1
