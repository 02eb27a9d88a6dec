"""What customers, agents and supervisors wait for at the desk: real sockets, and every loop of the process running.

    .venv/bin/python -m tests.bench.desk [--rounds 20] [--only sqlite|postgresql]

Each round takes about eight seconds, so that 20 are a soak of some minutes. Prints one JSON document: milliseconds at
the median, the 95th percentile and the worst, and what the safety sweep had to find (nothing). The promises: packet
500, loser 200, viewing and typing 1,000, place at once 1,000, place after a change 2,000, board 2,000, alarm after its
due time 2,000. Machines are shared: read the figures as an upper bound.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import func, select

from handoff.agents.models import Presence, Role
from handoff.alarms.models import Alarm, AlarmKind
from handoff.conversations.models import Channel
from handoff.conversations.service import open_conversation
from handoff.db import Sessions, make_async_engine, make_sessions, reading
from handoff.live import LiveEvents
from handoff.routing.queues import PACKAGED
from tests.bench.desk_people import Colleague, Ear, Frame, Guest
from tests.bench.processes import APP_PYTHON, ROOT, free_port, running
from tests.databases import KINDS, of_kind
from tests.factories.handoff import make_agent, sign_in

PROMISE_SECONDS = 4
BY_HAND = ("Mia", "Kim")


class Desk:
    """Two agents who take by hand, one who is offered, and a supervisor at the board and in a console."""

    def __init__(self, url: str, sessions: Sessions) -> None:
        self._url = url
        self._sessions = sessions
        self.times: dict[str, list[float]] = defaultdict(list)

    async def open(self) -> None:
        tokens = {name: await self._hire(name) for name in (*BY_HAND, "Aino", "Kerstin")}
        self.people = {name: await Colleague.arrive(self._url, name, token) for name, token in tokens.items()}
        self.board = await Ear.open(self._url, "/ws/board", {}, f"saldo_agent={tokens['Kerstin']}")

    async def _hire(self, name: str) -> str:
        now = datetime.now(UTC)
        async with self._sessions.begin() as session:
            agent = await make_agent(session, now=now, name=name, presence=Presence.AWAY, capacity=20)
            agent.role = Role.SUPERVISOR if name == "Kerstin" else Role.AGENT
            return await sign_in(session, agent, now=now)

    async def guest(self) -> Guest:
        async with self._sessions.begin() as session:
            conversation, token = await open_conversation(
                session, channel=Channel.WEBCHAT, language="en", address=None, now=datetime.now(UTC)
            )
        return Guest(conversation.id, await Ear.open(self._url, "/ws/chat", {"token": token, "after": 0}))

    async def play(self) -> None:
        """One round: two come, one is fought for, one is offered, and the promise to the second is broken before."""
        first, second = await self.guest(), await self.guest()
        asked_at = await first.ask()
        self._took("place_at_once", asked_at, await first.hears_place(None, asked_at))
        self._took("board", asked_at, await self._on_board(first, asked_at))
        again_at = await second.ask()
        self._took("place_at_once", again_at, await second.hears_place(2, again_at))
        owner, taken_at = await self._fight_for(first)
        self._took("place_after_change", taken_at, await second.hears_place(1, taken_at))
        await self._look_and_type(owner, first)
        await self._wait_for_alarm(second)
        await self._be_offered(second)
        await owner.end(first.conversation_id)
        for guest in (first, second):
            await guest.ear.close()

    async def _on_board(self, guest: Guest, since: float) -> float:
        def is_there(frame: Frame) -> bool:
            rows = frame.get("board", {}).get("waiting", ())
            return any(row["conversation_id"] == guest.conversation_id for row in rows)

        at, frame = await self.board.until(is_there, since)
        rows = [row for row in frame["board"]["waiting"] if row["conversation_id"] == guest.conversation_id]
        self._entry = str(rows[0]["entry_id"])
        return at

    async def _fight_for(self, guest: Guest) -> tuple[Colleague, float]:
        """Return who has the customer now, and since when."""
        begun = time.time()
        answers = await asyncio.gather(*(self._take(self.people[name]) for name in BY_HAND))
        [(owner, _, won_at)] = [each for each in answers if each[1] is None]
        [(_, refusal, lost_at)] = [each for each in answers if each[1] is not None]
        assert owner.name in str(refusal), refusal
        self._took("loser", begun, lost_at)
        return owner, won_at

    async def _take(self, colleague: Colleague) -> tuple[Colleague, str | None, float]:
        answer = await colleague.http.post(f"/api/console/entries/{self._entry}/take")
        return colleague, None if answer.status_code == 200 else answer.text, time.time()

    async def _look_and_type(self, owner: Colleague, guest: Guest) -> None:
        conversation_id, watching = guest.conversation_id, self.people["Kerstin"].ear
        viewing = {"type": "viewing", "conversation_id": conversation_id}
        looking = {"type": "viewers", "conversation_id": conversation_id, "names": [owner.name]}
        begun = await watching.say(viewing)
        await watching.until(lambda frame: frame == looking | {"names": []}, begun)
        begun = await owner.ear.say(viewing)
        at, _ = await watching.until(lambda frame: frame == looking, begun)
        self._took("viewing", begun, at)
        begun = await guest.ear.say({"type": "typing"})
        at, _ = await owner.ear.until(lambda frame: frame["type"] == "typing", begun)
        self._took("typing", begun, at)
        begun = await owner.ear.say({"type": "typing", "conversation_id": conversation_id})
        at, _ = await guest.ear.until(lambda frame: frame["type"] == "typing", begun)
        self._took("typing", begun, at)

    async def _wait_for_alarm(self, guest: Guest) -> None:
        def alarm_in(frame: Frame) -> Frame | None:
            alarms = frame.get("board", {}).get("alarms", ())
            own = (each for each in alarms if each["conversation_id"] == guest.conversation_id)
            return next((each for each in own if each["kind"] == AlarmKind.SLA_BROKEN), None)

        at, frame = await self.board.until(alarm_in)
        alarm = alarm_in(frame)
        assert alarm is not None
        due, raised = (datetime.fromisoformat(alarm[name]).timestamp() for name in ("due_at", "raised_at"))
        self._took("alarm_raised", due, raised)
        self._took("alarm_on_board", due, at)

    async def _be_offered(self, guest: Guest) -> None:
        aino = self.people["Aino"]
        begun = time.time()
        await aino.be("available")
        offer = await aino.offer_of(guest.conversation_id)
        self._took("offer_seen", begun, time.time())
        begun = time.time()
        (await aino.http.post(f"/api/offers/{offer['id']}/accept")).raise_for_status()
        await aino.read(guest.conversation_id)
        self._took("packet", begun, time.time())
        await aino.be("away")
        await aino.end(guest.conversation_id)

    def _took(self, what: str, begun: float, ended: float) -> None:
        self.times[what].append((ended - begun) * 1000)

    async def close(self) -> None:
        for colleague in self.people.values():
            await colleague.ear.close()
            await colleague.http.aclose()
        await self.board.close()


async def measure(database_url: str, url: str, rounds: int) -> dict[str, Any]:
    engine = make_async_engine(database_url)
    sessions = make_sessions(engine, LiveEvents())
    desk = Desk(url, sessions)
    begun = time.time()
    await desk.open()
    for _ in range(rounds):
        await desk.play()
    await asyncio.sleep(12)  # one more sweep
    await desk.close()
    async with reading(sessions) as session:
        hits = await session.scalar(select(func.count()).where(Alarm.kind == AlarmKind.SWEEP_HIT))
    await engine.dispose()
    figures = {what: _summary(times) for what, times in sorted(desk.times.items())}
    return {"rounds": rounds, "seconds": round(time.time() - begun), **figures, "sweep_hits": hits}


def _summary(times: list[float]) -> dict[str, int]:
    ordered = sorted(times)
    return {
        "p50_ms": round(statistics.median(ordered)),
        "p95_ms": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]),
        "worst_ms": round(ordered[-1]),
    }


def run(database_url: str, rounds: int) -> dict[str, Any]:
    """Start the process as `saldo up` does, without a bot: nobody talks with it here."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        url = f"http://127.0.0.1:{port}"
        environment = {
            "SALDO_VAR": str(folder),
            "SALDO_DATABASE_URL": database_url,
            "SALDO_PUBLIC_URL": url,
            "SALDO_QUEUES": str(_hasty_queues(folder)),
            "SALDO_BOT_SECRET": "bot secret",
            "SALDO_TURN_SECRET": "turn secret",
            "SALDO_CODE_PEPPER": "pepper",
        }
        server = [APP_PYTHON, "-m", "uvicorn", "--factory", "handoff.app:build", "--port", str(port)]
        with running(server, health=f"{url}/health", folder=ROOT, environment=environment):
            return asyncio.run(measure(database_url, url, rounds))


def _hasty_queues(folder: Path) -> Path:
    """The packaged queues, with a promise short enough to be broken in each round."""
    content = yaml.safe_load(PACKAGED.read_text(encoding="utf-8"))
    content["defaults"]["promise"]["webchat"]["seconds"] = PROMISE_SECONDS
    content["defaults"]["wrap_up_seconds"] = 0
    file = folder / "queues.yml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return file


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only", choices=KINDS)
    arguments = parser.parse_args()
    results = {}
    for kind in [arguments.only] if arguments.only else KINDS:
        databases = of_kind(kind)
        database_url = databases.create()
        results[kind] = run(database_url, arguments.rounds)
        databases.drop(database_url)
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
