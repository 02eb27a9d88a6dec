"""One service of Saldo as the keeper sees it: how it starts, when it is well, and what happens when it dies."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

GUARD = Path(__file__).with_name("guard.py")
GRACE_SECONDS = 8.0
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
SETTLED_SECONDS = 60.0
LARGEST_LOG_BYTES = 5_000_000


@dataclass(frozen=True)
class Service:
    """What must be known to start a service and to ask whether it is well."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    health_url: str
    health_headers: Mapping[str, str]


@dataclass(frozen=True)
class Folders:
    """Where a service runs and where its log and process id go."""

    root: Path
    var: Path

    def log_of(self, name: str) -> Path:
        return self.var / "logs" / f"{name}.log"

    def pid_file_of(self, name: str) -> Path:
        return self.var / "run" / f"{name}.pid"


class RunningService:
    """Keeps one service running until it is told to stop; a service that dies is started again after a pause."""

    def __init__(self, service: Service, folders: Folders, on_death: Callable[[Service, int, float], None]) -> None:
        self.service = service
        self._folders = folders
        self._on_death = on_death
        self._stopping = asyncio.Event()
        self._guard: asyncio.subprocess.Process | None = None

    async def run(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            started = loop.time()
            code = await self._run_once()
            if self._stopping.is_set():
                return
            pause = FIRST_PAUSE_SECONDS if loop.time() - started > SETTLED_SECONDS else pause
            self._on_death(self.service, code, pause)
            await self._pause(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    def stop(self, *, at_once: bool = False) -> None:
        """Ask the service to end; `run` returns once nothing of it is left."""
        self._stopping.set()
        if self._guard is not None and self._guard.returncode is None:
            self._guard.terminate()
            if at_once:
                self._end_now()

    def _end_now(self) -> None:
        pid_file = self._folders.pid_file_of(self.service.name)
        if pid_file.exists():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(int(pid_file.read_text(encoding="ascii")), signal.SIGKILL)

    async def _run_once(self) -> int:
        log = self._folders.log_of(self.service.name)
        pid_file = self._folders.pid_file_of(self.service.name)
        _make_room(log)
        pid_file.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self._guard = await asyncio.create_subprocess_exec(
                sys.executable,
                "-I",
                str(GUARD),
                str(pid_file.absolute()),
                str(GRACE_SECONDS),
                *self.service.command,
                stdin=asyncio.subprocess.PIPE,
                stdout=output,
                stderr=output,
                cwd=self._folders.root,
                env=dict(self.service.environment),
                start_new_session=True,
            )
        if self._stopping.is_set():
            self._guard.terminate()
        return await self._guard.wait()

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)


def _make_room(log: Path) -> None:
    """Keep the log of the last start when the present one has grown large."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LARGEST_LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
