"""Keeps one service: runs it, and ends everything below it when asked to or when the keeper is gone.

Started by path, standard library only, so that it is up in a few milliseconds. Its standard input is a pipe that the
keeper holds open; end of file there means that the keeper has died, however it died.
"""

import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
POLL_SECONDS = 0.05


def main(arguments: list[str]) -> int:
    pid_file, grace_seconds, *command = arguments
    _set_process_option(PR_SET_CHILD_SUBREAPER, 1)
    wake = _wake_on_signals()
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=_die_with_parent)
    Path(pid_file).write_text(f"{child.pid}\n", encoding="ascii")
    _wait_for_end_or_request(child, wake)
    _end(child, float(grace_seconds))
    Path(pid_file).unlink(missing_ok=True)
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


def _wake_on_signals() -> int:
    """Return a descriptor that becomes readable when a signal arrives."""
    readable, writable = os.pipe()
    os.set_blocking(writable, False)
    signal.set_wakeup_fd(writable)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    return readable


def _wait_for_end_or_request(child: "subprocess.Popen[bytes]", wake: int) -> None:
    while child.poll() is None:
        ready, _, _ = select.select([sys.stdin, wake], [], [])
        if sys.stdin in ready:
            return
        if set(os.read(wake, 64)) - {signal.SIGCHLD}:
            return


def _end(child: "subprocess.Popen[bytes]", grace_seconds: float) -> None:
    _signal_group(child.pid, signal.SIGTERM)
    deadline = time.monotonic() + grace_seconds
    while child.poll() is None and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    _signal_group(child.pid, signal.SIGKILL)
    child.wait()
    _end_orphans()


def _signal_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return


def _end_orphans() -> None:
    """Kill descendants that left the process group: as subreaper the guard has become their parent."""
    while orphans := list(_children_of(os.getpid())):
        for pid in orphans:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _children_of(parent: int) -> Iterator[int]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            yield int(stat.parent.name)


def _set_process_option(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _die_with_parent() -> None:
    _set_process_option(PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
