"""The bytes of files that people send: what they are by their content, and where they lie by their hash."""

import asyncio
import hashlib
import os
import re
import unicodedata
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final
from urllib.parse import unquote

from handoff.console.errors import FileKindRefused, FileTooBig
from handoff.conversations.redaction import redact_numbers

LIMIT_MEGABYTES: Final = 10
LIMIT: Final = LIMIT_MEGABYTES * 1024 * 1024
LONGEST_NAME: Final = 120
_BEGINNINGS: Final[Mapping[bytes, str]] = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"%PDF-": "application/pdf",
}
_ENDINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "application/pdf": (".pdf",),
}
_SPACES: Final = re.compile(r"\s+")


@dataclass(frozen=True)
class StagedFile:
    """A file on the disk that nothing speaks of yet."""

    name: str
    media_type: str
    size: int
    sha256: str
    part: Path


class FileStore:
    """A folder in which equal files lie once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path_of(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256

    @asynccontextmanager
    async def staged(self, content: bytes, name: str) -> AsyncIterator[StagedFile]:
        """Write the file to disk, kept only if `keep` is called inside; raise when it is of no kind that we take."""
        media_type = kind_of(content)
        sha256, part = await asyncio.to_thread(self._write, content)
        try:
            yield StagedFile(clean_name(name, media_type), media_type, len(content), sha256, part)
        finally:
            await asyncio.to_thread(part.unlink, missing_ok=True)

    async def keep(self, file: StagedFile) -> None:
        """Give the file its place, before the commit of what speaks of it; an equal one may lie there already."""
        await asyncio.to_thread(self._move, file.part, self.path_of(file.sha256))

    def _write(self, content: bytes) -> tuple[str, Path]:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with NamedTemporaryFile(dir=self._folder, delete=False) as part:
            part.write(content)
            part.flush()
            os.fsync(part.fileno())
        return hashlib.sha256(content).hexdigest(), Path(part.name)

    def _move(self, part: Path, path: Path) -> None:
        path.parent.mkdir(exist_ok=True, mode=0o700)
        part.replace(path)


async def read_limited(chunks: AsyncIterable[bytes]) -> bytes:
    """Return all there is, or raise as soon as it is too much."""
    content = bytearray()
    async for chunk in chunks:
        content += chunk
        if len(content) > LIMIT:
            raise FileTooBig(LIMIT_MEGABYTES)
    return bytes(content)


def kind_of(content: bytes) -> str:
    """Say what the file is by its first bytes; what it calls itself does not count."""
    for beginning, media_type in _BEGINNINGS.items():
        if content.startswith(beginning):
            return media_type
    raise FileKindRefused


def clean_name(given: str, media_type: str) -> str:
    """Return a name that is no path, hides nothing, holds no card number and ends as the content demands."""
    last = re.split(r"[/\\]", unquote(given))[-1]
    visible = "".join(" " if unicodedata.category(letter)[0] == "C" else letter for letter in last)
    stem = redact_numbers(_SPACES.sub(" ", visible).strip(" ."))
    endings = _ENDINGS[media_type]
    bare = next((stem[: -len(ending)] for ending in endings if stem.lower().endswith(ending)), stem)
    return (bare[:LONGEST_NAME].rstrip(" .") or media_type.partition("/")[0]) + endings[0]
