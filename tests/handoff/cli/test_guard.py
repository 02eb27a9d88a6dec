"""A service and everything it has started end with the guard, however the keeper went."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from handoff.processes.service import GUARD

PATIENCE_SECONDS = 10.0
# A service with a child in its own group and one that has left it, as daemons do; both write down their process id.
FAMILY = """
import os, subprocess, sys, time
sleeper = [sys.executable, "-c", "import time; time.sleep(600)"]
child = subprocess.Popen(sleeper)
escaped = subprocess.Popen(sleeper, start_new_session=True)
open(sys.argv[1], "w").write(f"{os.getpid()} {child.pid} {escaped.pid}")
time.sleep(600)
"""
STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open(sys.argv[1], "w").write(str(os.getpid()))
time.sleep(600)
"""
KEEPER = """
import subprocess, sys, time
guard = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, start_new_session=True)
print(guard.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def pids(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "pids"
    yield path
    for pid in path.read_text().split() if path.exists() else []:
        if psutil.pid_exists(int(pid)):
            os.kill(int(pid), signal.SIGKILL)


def guard_command(tmp_path: Path, program: str, pids: Path, grace_seconds: float = 5.0) -> list[str]:
    service = [sys.executable, "-c", program, str(pids)]
    return [sys.executable, "-I", str(GUARD), str(tmp_path / "service.pid"), str(grace_seconds), *service]


def start(command: list[str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def family_in(pids: Path) -> list[int]:
    wait_until(lambda: pids.exists() and bool(pids.read_text()))
    return [int(pid) for pid in pids.read_text().split()]


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_asked_to_end_it_ends_children_and_those_that_left_the_group(tmp_path: Path, pids: Path) -> None:
    with start(guard_command(tmp_path, FAMILY, pids)) as guard:
        family = family_in(pids)
        assert len(family) == 3

        guard.terminate()
        guard.wait(PATIENCE_SECONDS)

    assert [pid for pid in family if not is_gone(pid)] == []


def test_when_the_keeper_is_killed_nothing_is_left(tmp_path: Path, pids: Path) -> None:
    command = guard_command(tmp_path, FAMILY, pids)
    with start([sys.executable, "-c", KEEPER, *command]) as keeper:
        assert keeper.stdout is not None
        guard_pid = int(keeper.stdout.readline())
        family = family_in(pids)

        keeper.kill()

        wait_until(lambda: all(is_gone(pid) for pid in [guard_pid, *family]))


def test_when_the_guard_is_killed_the_service_ends_too(tmp_path: Path, pids: Path) -> None:
    with start(guard_command(tmp_path, STUBBORN, pids)) as guard:
        (service,) = family_in(pids)

        guard.kill()

        wait_until(lambda: is_gone(service))


def test_a_service_that_ignores_the_request_is_killed_after_its_grace(tmp_path: Path, pids: Path) -> None:
    with start(guard_command(tmp_path, STUBBORN, pids, grace_seconds=0.2)) as guard:
        (service,) = family_in(pids)

        guard.terminate()
        guard.wait(PATIENCE_SECONDS)

    assert is_gone(service)


def test_the_process_id_of_the_service_stands_in_its_file_while_it_runs(tmp_path: Path, pids: Path) -> None:
    pid_file = tmp_path / "service.pid"
    with start(guard_command(tmp_path, STUBBORN, pids, grace_seconds=0.2)) as guard:
        (service,) = family_in(pids)
        assert int(pid_file.read_text()) == service

        guard.terminate()
        guard.wait(PATIENCE_SECONDS)

    assert not pid_file.exists()


def test_the_guard_ends_with_the_exit_code_of_its_service(tmp_path: Path, pids: Path) -> None:
    with start(guard_command(tmp_path, "raise SystemExit(7)", pids)) as guard:
        assert guard.wait(PATIENCE_SECONDS) == 7
