"""Starts what is measured, waits until it answers, and reads how much memory it holds."""

import contextlib
import os
import resource
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
BOT_PYTHON = ROOT / ".venv-bot/bin/python"
APP_PYTHON = ROOT / ".venv/bin/python"
SECONDS_TO_START = 300


@dataclass(frozen=True)
class Running:
    """A process that answers. `started_in` is what a caller had to wait for it."""

    process: subprocess.Popen[bytes]
    started_in: float

    @property
    def memory_mb(self) -> int:
        return round(psutil.Process(self.process.pid).memory_info().rss / 1_000_000)


@contextlib.contextmanager
def running(
    command: Sequence[str | Path], *, health: str, folder: Path, environment: Mapping[str, str]
) -> Iterator[Running]:
    started = time.monotonic()
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=folder,
        env={**os.environ, "RASA_TELEMETRY_ENABLED": "false", "PYTHONWARNINGS": "ignore", **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(health, process)
        yield Running(process, time.monotonic() - started)
    finally:
        process.terminate()
        process.wait(timeout=60)


def children_seconds() -> float:
    """Return the processor time of all child processes that have ended; other work on the machine does not count."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(f"{process.args} ended with {process.returncode}")
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5) as response:
            if response.status == 200:
                return
        time.sleep(0.1)
    raise SystemExit(f"{url} did not answer within {SECONDS_TO_START} s")
