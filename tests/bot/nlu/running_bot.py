"""The real bot as a process of its own, with an action server that answers as a test tells it."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Tuple

from tests.bot.domain_files import ROOT

SECRET = "a secret between handoff and the bot"
SECONDS_TO_START = 120


class FakeActions:
    """Answers each action with the prepared events and responses; remembers what it was asked."""

    def __init__(self) -> None:
        self.calls: List[Dict[str, Any]] = []
        self.headers: List[Dict[str, str]] = []
        self.forget()

    def forget(self) -> None:
        self.calls, self.headers = [], []
        self._answers: Dict[str, Tuple[int, Dict[str, Any]]] = {}

    def answer(self, action: str, *, events: Any = (), responses: Any = (), status: int = 200) -> None:
        self._answers[action] = (status, {"events": list(events), "responses": list(responses)})

    def answer_with(self, action: str, answer: Dict[str, Any]) -> None:
        """Answer as it stands, right or wrong."""
        self._answers[action] = (200, answer)

    def handle(self, call: Dict[str, Any], headers: Dict[str, str]) -> Tuple[int, Dict[str, Any]]:
        self.calls.append(call)
        self.headers.append(headers)
        return self._answers.get(call["next_action"], (404, {"error": "ActionNotFound"}))

    @property
    def asked(self) -> List[str]:
        return [call["next_action"] for call in self.calls]


@dataclass
class RunningBot:
    """Speaks to the bot as handoff does."""

    url: str
    actions: FakeActions
    log: Path

    def turn(self, text: Optional[str] = None, **fields: Any) -> Dict[str, Any]:
        status, body = self.post(turn_body(text, **fields))
        assert status == 200, body
        return body

    def post(self, body: Any, *, secret: Optional[str] = SECRET) -> Tuple[int, Dict[str, Any]]:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        if secret is not None:
            headers["X-Saldo-Secret"] = secret
        return fetch(urllib.request.Request(f"{self.url}/webhooks/saldo/turn", content, headers))


def turn_body(text: Optional[str] = None, **fields: Any) -> Dict[str, Any]:
    return {
        "conversation_id": "conversation-1",
        "text": text,
        "intent": None,
        "language": "en",
        "channel": "webchat",
        "turn_token": "signed turn token",
        "state": None,
        **fields,
    }


def fetch(request: Any) -> Tuple[int, Dict[str, Any]]:
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        body = error.read()
        with contextlib.suppress(ValueError):
            return error.code, json.loads(body)
        return error.code, {}


@contextlib.contextmanager
def running_bot(model: Path, folder: Path) -> Iterator[RunningBot]:
    actions = FakeActions()
    with _serving(actions) as actions_url, (folder / "bot.log").open("wb") as log:
        port = _free_port()
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "serve", "--model", str(model), "--port", str(port)],
            cwd=ROOT,
            env={**os.environ, "SALDO_BOT_SECRET": SECRET, "SALDO_ACTIONS_URL": actions_url},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            bot = RunningBot(f"http://127.0.0.1:{port}", actions, folder / "bot.log")
            _wait_for(bot, process)
            yield bot
        finally:
            process.terminate()
            process.wait(timeout=30)


@contextlib.contextmanager
def _serving(actions: FakeActions) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, answer = actions.handle(call, dict(self.headers))
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _wait_for(bot: RunningBot, process: Any) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        assert process.poll() is None, bot.log.read_text()
        with contextlib.suppress(OSError):
            if fetch(f"{bot.url}/webhooks/saldo/health")[0] == 200:
                return
        time.sleep(0.1)
    raise TimeoutError(bot.log.read_text())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
