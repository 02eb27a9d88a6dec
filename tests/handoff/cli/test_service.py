"""A service that dies is started again and said so; told to stop, it ends with nothing left."""

import asyncio
import sys
from pathlib import Path

import psutil

from handoff.processes.service import Folders, RunningService, Service

COUNTS_AND_DIES = "import pathlib, sys; file = pathlib.Path(sys.argv[1]); file.open('a').write('x'); sys.exit(3)"
WRITES_AND_SLEEPS = (
    "import os, pathlib, sys, time; print(*os.environ, flush=True);"
    "pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); time.sleep(600)"
)


def make_service(program: str, mark: Path) -> Service:
    command = (sys.executable, "-c", program, str(mark))
    return Service("bot", command, {"SALDO_BOT_SECRET": "x"}, "http://127.0.0.1:1/health", {})


async def until_written(mark: Path, text_length: int = 1) -> str:
    async with asyncio.timeout(10):
        while not mark.exists() or len(mark.read_text()) < text_length:
            await asyncio.sleep(0.02)
    return mark.read_text()


async def test_a_service_that_dies_is_started_again_after_growing_pauses(tmp_path: Path) -> None:
    deaths: list[tuple[str, int, float]] = []
    mark = tmp_path / "starts"
    running = RunningService(
        make_service(COUNTS_AND_DIES, mark),
        Folders(tmp_path, tmp_path / "var"),
        lambda service, code, pause: deaths.append((service.name, code, pause)),
    )
    task = asyncio.create_task(running.run())

    await until_written(mark, 2)
    running.stop()
    await asyncio.wait_for(task, 10)

    assert deaths[0] == ("bot", 3, 0.5)
    assert [pause for _, _, pause in deaths] == sorted({pause for _, _, pause in deaths})


async def test_a_service_that_is_told_to_stop_ends_and_is_no_death(tmp_path: Path) -> None:
    deaths: list[int] = []
    mark = tmp_path / "pid"
    folders = Folders(tmp_path, tmp_path / "var")
    running = RunningService(
        make_service(WRITES_AND_SLEEPS, mark), folders, lambda _service, code, _pause: deaths.append(code)
    )
    task = asyncio.create_task(running.run())
    pid = int(await until_written(mark))
    assert folders.pid_file_of("bot").read_text().strip() == str(pid)

    running.stop()
    await asyncio.wait_for(task, 10)

    assert deaths == []
    assert not psutil.pid_exists(pid)


async def test_a_service_sees_only_the_environment_it_is_given(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    folders = Folders(tmp_path, tmp_path / "var")
    running = RunningService(make_service(WRITES_AND_SLEEPS, mark), folders, lambda *_: None)
    task = asyncio.create_task(running.run())
    await until_written(mark)

    running.stop()
    await asyncio.wait_for(task, 10)

    seen = set(folders.log_of("bot").read_text().splitlines()[0].split())
    assert seen - {"LC_CTYPE"} == {"SALDO_BOT_SECRET"}


async def test_a_log_that_has_grown_large_makes_room_for_a_new_one(tmp_path: Path) -> None:
    folders = Folders(tmp_path, tmp_path / "var")
    log = folders.log_of("bot")
    log.parent.mkdir(parents=True)
    log.write_bytes(b"x" * 5_000_001)
    mark = tmp_path / "pid"
    running = RunningService(make_service(WRITES_AND_SLEEPS, mark), folders, lambda *_: None)
    task = asyncio.create_task(running.run())
    await until_written(mark)

    running.stop()
    await asyncio.wait_for(task, 10)

    assert log.with_suffix(".log.1").stat().st_size == 5_000_001
    assert log.stat().st_size < 10_000
