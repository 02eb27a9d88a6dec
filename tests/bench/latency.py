"""How long customers wait for an answer in the whole running system: on the website and on the phone.

    .venv/bin/python -m tests.bench.latency [--questions 15] [--at-once 4]

Everything is real, `saldo up` with its database, bot and actions; only the caller's side of Twilio is played.
"""

import argparse
import asyncio
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from tests.bench.billing_world import blind_texts
from tests.bench.measure import Timings, summary
from tests.e2e.accounts import owing
from tests.e2e.running_system import RunningSystem
from tests.e2e.talk import Talk, code_after, newest_text
from tests.fakes.fake_twilio import ACCOUNT_SID, AUTH_TOKEN, NUMBER, Webhooks
from tests.fakes.fake_twilio_call import FakeCall

LANGUAGES = ("en", "de", "fi")
TWILIO = {
    "SALDO_TWILIO_ACCOUNT_SID": ACCOUNT_SID,
    "SALDO_TWILIO_AUTH_TOKEN": AUTH_TOKEN,
    "SALDO_TWILIO_NUMBER": NUMBER,
}
# One at a time: the newest code on the phone is then one's own.
_verifying = threading.Lock()


def main() -> None:
    arguments = read_arguments()
    with tempfile.TemporaryDirectory() as folder:
        system = RunningSystem.launch(Path(folder), **TWILIO)
        try:
            system.wait_healthy()
            results = {
                "chat, one at a time": chat(system, 1, arguments.questions, place=0),
                f"chat, {arguments.at_once} at once": chat(system, arguments.at_once, arguments.questions, place=3),
                "phone call": asyncio.run(call(system, arguments.questions)),
            }
        finally:
            system.stop()
    Console().print(table_of(results))


def chat(system: RunningSystem, at_once: int, questions: int, *, place: int) -> Timings:
    """Ask as verified customers, in three languages; how long from the send to the first answer."""
    timings = Timings()
    threads = [
        threading.Thread(target=_chat_once, args=(system, LANGUAGES[number % 3], place + number, questions, timings))
        for number in range(max(at_once, 3))
    ]
    for start in range(0, len(threads), at_once):
        for thread in threads[start : start + at_once]:
            thread.start()
        for thread in threads[start : start + at_once]:
            thread.join()
    return timings


def _chat_once(system: RunningSystem, language: str, place: int, questions: int, timings: Timings) -> None:
    texts = iter(blind_texts(language)[place::7])
    left = questions
    while left > 0:
        with Talk(system, language) as talk:
            with _verifying:
                talk.verify(owing(system, place))
            while left > 0 and talk.reason() is None:
                started = time.perf_counter()
                talk.tell(next(texts))
                timings.milliseconds.append((time.perf_counter() - started) * 1000)
                left -= 1
        place += 30


async def call(system: RunningSystem, questions: int) -> Timings:
    """Ask on the phone, in German; how long from the end of the speech to the first words of the answer."""
    timings, texts = Timings(), iter(blind_texts("de")[3::7])
    async with httpx.AsyncClient(base_url=system.url, trust_env=False) as client:
        calls = 0
        while len(timings.milliseconds) < questions:
            line = FakeCall(Webhooks(client, system.url))
            async with line.answered():
                await _verify(system, line, owing(system, 60 + calls))
                await _ask(line, texts, timings, questions)
            calls += 1
    return timings


async def _verify(system: RunningSystem, line: FakeCall, number: str) -> None:
    before = newest_text(system)
    await line.press(f"{number}#")
    await line.hear_answer()
    await line.press(f"{code_after(system, before)}#")
    await line.hear_answer()


async def _ask(line: FakeCall, texts: Iterator[str], timings: Timings, questions: int) -> None:
    for text in texts:
        started = time.perf_counter()
        await line.say(text)
        answer = await line.hear_answer()
        timings.milliseconds.append((time.perf_counter() - started) * 1000)
        if len(timings.milliseconds) >= questions or not answer:
            return


def table_of(results: dict[str, Timings]) -> Table:
    table = Table("", "answers", "p50 ms", "p95 ms", title="From the question to the answer")
    for name, timings in results.items():
        figures = summary(timings)
        table.add_row(name, str(len(timings.milliseconds)), str(figures["p50_ms"]), str(figures["p95_ms"]))
    return table


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=15, help="how many each conversation asks")
    parser.add_argument("--at-once", type=int, default=4, help="how many chat at once")
    return parser.parse_args()


if __name__ == "__main__":
    main()
