"""The whole system, as `saldo up` starts it, on free ports with a database of its own."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tests.system import missing

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "var/models/saldo.tar.gz"
START_SECONDS = 180  # patience, not a measurement: the machine may be busy with other things
T = TypeVar("T")


def wait_until(look: Callable[[], T], *, seconds: float, what: str) -> T:
    """Return the first truthy answer of `look`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds} s in vain for {what}")


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


@dataclass
class RunningSystem:
    var: Path
    url: str
    process: subprocess.Popen[bytes]
    push_port: int

    @classmethod
    def start(cls, var: Path) -> "RunningSystem":
        system = cls.launch(var)
        system.wait_healthy()
        return system

    @classmethod
    def launch(cls, var: Path, **extra: str) -> "RunningSystem":
        if not MODEL.exists():
            missing("a trained bot (make train)")
        port, bot_port, actions_port, push_port = free_ports(4)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SALDO_")} | {
            "SALDO_VAR": str(var),
            "SALDO_PORT": str(port),
            "SALDO_BOT_PORT": str(bot_port),
            "SALDO_BOT_PROCESSES": "1",
            "SALDO_ACTIONS_PORT": str(actions_port),
            "SALDO_PUSH_SERVICES": f"http://127.0.0.1:{push_port}",
            "SALDO_DEMO": "true",
            **extra,
        }
        var.mkdir(parents=True, exist_ok=True)
        with (var / "up.log").open("wb") as log:
            process = subprocess.Popen(
                [str(Path(sys.executable).with_name("saldo")), "up"],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return cls(var, f"http://127.0.0.1:{port}", process, push_port)

    def wait_healthy(self) -> None:
        def healthy() -> bool:
            if self.process.poll() is not None:
                raise AssertionError(f"saldo up ended: {self.printed()[-3000:]}")
            try:
                return bool(self.get("/health")["status"] == "ok")
            except OSError:
                return False

        wait_until(healthy, seconds=START_SECONDS, what="a healthy system")

    def printed(self) -> str:
        return (self.var / "up.log").read_text()

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.url + path, timeout=5) as response:
            return json.load(response)

    def post(self, path: str, body: object) -> Any:
        request = urllib.request.Request(
            self.url + path,
            json.dumps(body).encode(),
            {"Content-Type": "application/json", "Origin": self.url},
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)

    def sql(self, query: str, *values: object) -> list[sqlite3.Row]:
        """Ask the database itself, past all of our code."""
        connection = sqlite3.connect(f"file:{self.var / 'saldo.db'}?mode=ro", uri=True, timeout=10)
        try:
            connection.row_factory = sqlite3.Row
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()

    def pid(self, name: str) -> int:
        """Return the process id of a service, or 0 between two lives of it."""
        pid_file = self.var / "run" / f"{name}.pid"
        return int(pid_file.read_text() or 0) if pid_file.exists() else 0

    def signal(self, name: str, number: signal.Signals) -> None:
        os.kill(self.pid(name), number)

    def stop(self) -> int:
        """End it as Ctrl-C does and return its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(timeout=30)
        finally:
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)
