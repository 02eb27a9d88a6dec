"""The console sleeps on a phone, as with a locked screen: the phone's worker keeps its agent available."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.e2e.desk import accept, at_desk, conversations, waiting_customer
from tests.e2e.running_system import RunningSystem, wait_until
from tests.fakes.push_service import FakeBrowser

AINO = "aino@nordlicht.example"
# Longer than the 25 s without a sign of life after which an agent is lost.
ASLEEP_MS = 32_000


@contextmanager
def push_service(port: int, phone: FakeBrowser) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            request = httpx.Request(
                "POST", f"http://127.0.0.1:{port}{self.path}", headers=dict(self.headers), content=body
            )
            self.send_response(phone.take(request).status_code)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield
    server.shutdown()
    server.server_close()


class Worker:
    """The console's service worker, to which the browser delivers what its push service would."""

    def __init__(self, page: Page, origin: str) -> None:
        page.context.grant_permissions(["notifications"], origin=origin)
        self._session: CDPSession = page.context.new_cdp_session(page)
        self._origin = origin
        self._ids: list[str] = []
        self._session.on("ServiceWorker.workerRegistrationUpdated", self._remember)
        self._session.send("ServiceWorker.enable")
        page.evaluate("navigator.serviceWorker.register('/console/worker.js')")
        wait_until(lambda: page.evaluate(IS_ACTIVE), seconds=30, what="the worker")

    def _remember(self, event: dict[str, list[dict[str, str]]]) -> None:
        self._ids += [each["registrationId"] for each in event["registrations"]]

    def deliver(self, data: str) -> None:
        parameters = {"origin": self._origin, "registrationId": self._ids[-1], "data": data}
        self._session.send("ServiceWorker.deliverPushMessage", parameters)


IS_ACTIVE = "navigator.serviceWorker.getRegistration('/console/').then((it) => it?.active?.state === 'activated')"
SHOWN = """async () => {
  const registration = await navigator.serviceWorker.getRegistration("/console/");
  return (await registration.getNotifications()).map((shown) => shown.title);
}"""


def test_an_agent_with_a_locked_phone_stays_available_and_hears_of_a_customer(
    system: RunningSystem, browser: Browser
) -> None:
    with at_desk(browser, system, AINO) as aino:
        key = aino.request.get(f"{system.url}/api/agents/me/push").json()["key"]
        phone = FakeBrowser(key, f"http://127.0.0.1:{system.push_port}/1")
        with push_service(system.push_port, phone):
            worker = Worker(aino, system.url)
            headers = {"Origin": system.url}
            asked = aino.request.post(f"{system.url}/api/agents/me/push", data=phone.subscription(), headers=headers)
            assert asked.status == 204
            _hear(worker, phone, 1)

            aino.goto(f"{system.url}/health")  # the same browser, and no console
            aino.wait_for_timeout(ASLEEP_MS)
            assert _presence(aino, system) == "available"

            with waiting_customer(browser, system):
                _hear(worker, phone, 2)
                assert [each["kind"] for each in phone.sent] == ["check", "offer"]
                assert phone.refused == []
                assert "A customer for you" in aino.evaluate(SHOWN)

                aino.goto(f"{system.url}/console")
                accept(aino)
                expect(conversations(aino)).to_have_count(1)


def _hear(worker: Worker, phone: FakeBrowser, count: int) -> None:
    wait_until(lambda: len(phone.sent) >= count, seconds=40, what="a push")
    worker.deliver(json.dumps(phone.sent[-1]))


def _presence(page: Page, system: RunningSystem) -> str:
    return str(page.request.get(f"{system.url}/api/agents/me").json()["presence"])
