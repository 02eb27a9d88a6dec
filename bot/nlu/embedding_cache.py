"""Embeddings of training phrases on disk, by content, so that training after a small edit computes only what is new."""

import hashlib
from pathlib import Path
from typing import Callable, Dict, List, Sequence
from zipfile import BadZipFile

import numpy as np

EmbedBatch = Callable[[List[str]], np.ndarray]


class EmbeddingCache:
    """One file of (content hash, vector) pairs; a file that cannot be read counts as empty."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._vectors: Dict[str, np.ndarray] = self._read()

    def embed(self, texts: Sequence[str], embed_batch: EmbedBatch) -> np.ndarray:
        """Return one vector per text, in order, computing and storing those that are missing."""
        keys = [content_key(text) for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._vectors}
        if missing:
            self._vectors.update(zip(missing, embed_batch(list(missing.values())), strict=True))
            self._write()
        return np.stack([self._vectors[key] for key in keys])

    def _read(self) -> Dict[str, np.ndarray]:
        try:
            with np.load(self._path) as stored:
                return dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            return {}

    def _write(self) -> None:
        """Replace the file in one step, so that a training that is stopped leaves the old one whole."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self._path.with_suffix(".part.npz")
        np.savez(unfinished, keys=np.array(list(self._vectors)), vectors=np.stack(list(self._vectors.values())))
        unfinished.replace(self._path)


def content_key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
