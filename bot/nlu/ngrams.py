"""What a text is made of: words, pairs of words and pieces of words, weighted by how rare they are (TF-IDF).

Pieces of words carry endings, compounds and typing mistakes; words and pairs carry the rest.
"""

import re
from collections import Counter
from typing import Callable, Dict, Iterable, List, Sequence, Tuple

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

Arrays = Dict[str, np.ndarray]
SEPARATOR = "\n"
_WORD = r"(?u)\b\w+\b"
_DIGIT = re.compile(r"\d")


class Ngrams:
    """Counts what stands in texts; two vectorizers, whose vocabularies and weights are stored as arrays."""

    def __init__(self) -> None:
        # sublinear: a word that stands three times in a long text does not count three times.
        self._words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=_WORD, dtype=np.float32)
        self._pieces = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, dtype=np.float32)
        self._rarities: Dict[str, np.ndarray] = {}
        self._analysers: Dict[str, Callable[[str], List[str]]] = {}

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> "Ngrams":
        ngrams = cls()
        for name, vectorizer in ngrams._named().items():
            known = bytes(arrays[f"{name}_vocabulary"]).decode("utf-8").split(SEPARATOR)
            vectorizer.vocabulary_ = {ngram: place for place, ngram in enumerate(known)}
            vectorizer.fixed_vocabulary_ = False
            vectorizer.idf_ = arrays[f"{name}_idf"]
        return ngrams

    def to_arrays(self) -> Arrays:
        arrays: Arrays = {}
        for name, vectorizer in self._named().items():
            known = SEPARATOR.join(vectorizer.get_feature_names_out()).encode("utf-8")
            arrays[f"{name}_vocabulary"] = np.frombuffer(known, dtype=np.uint8)
            arrays[f"{name}_idf"] = vectorizer.idf_.astype(np.float32)
        return arrays

    def fit(self, texts: Sequence[str]) -> csr_matrix:
        cleaned = [clean(text) for text in texts]
        return _side_by_side(each.fit_transform(cleaned) for each in self._named().values())

    def count(self, texts: Sequence[str]) -> csr_matrix:
        cleaned = [clean(text) for text in texts]
        return _side_by_side(each.transform(cleaned) for each in self._named().values())

    def weigh(self, text: str) -> Tuple[np.ndarray, np.ndarray]:
        """Return the columns and values of one text, as `count` does, without the cost of sparse matrices."""
        cleaned, offset = clean(text), 0
        columns, values = [], []
        for name, vectorizer in self._named().items():
            known = vectorizer.vocabulary_
            counted = Counter(known[ngram] for ngram in self._analyse(name, cleaned) if ngram in known)
            places = np.fromiter(counted.keys(), dtype=np.int64, count=len(counted))
            weights = 1 + np.log(np.fromiter(counted.values(), dtype=np.float32, count=len(counted)))
            weights = weights * self._rarity(name)[places]
            values.append(weights / max(float(np.linalg.norm(weights)), 1e-9))
            columns.append(places + offset)
            offset += len(known)
        return np.concatenate(columns), np.concatenate(values)

    def knows_every_word(self, text: str) -> bool:
        words = re.findall(_WORD, clean(text).lower())
        return bool(words) and all(word in self._words.vocabulary_ for word in words)

    def _rarity(self, name: str) -> np.ndarray:
        if name not in self._rarities:
            # The vectorizer would take them out of a sparse matrix each time.
            self._rarities[name] = self._named()[name].idf_.astype(np.float32)
        return self._rarities[name]

    def _analyse(self, name: str, cleaned: str) -> List[str]:
        if name not in self._analysers:
            self._analysers[name] = self._named()[name].build_analyzer()
        return self._analysers[name](cleaned)

    def _named(self) -> Dict[str, TfidfVectorizer]:
        return {"words": self._words, "pieces": self._pieces}


def clean(text: str) -> str:
    """Make all digits alike: which customer number it is says nothing about the wish."""
    return _DIGIT.sub("0", " ".join(text.split()))


def _side_by_side(parts: Iterable[csr_matrix]) -> csr_matrix:
    blocks: List[csr_matrix] = list(parts)
    return hstack(blocks, format="csr")
