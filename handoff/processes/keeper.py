"""Starts every service of one installation, watches over them and ends them together."""

import asyncio
import contextlib
import signal
import threading
from collections.abc import Mapping, Sequence

import httpx
from sqlalchemy.exc import SQLAlchemyError

from billing.demo_data import DatabaseInUse, DemoStory
from handoff.commands.installation import Stopped, prepare_installation
from handoff.commands.settings import ROOT, OperatorSettings
from handoff.commands.terminal import complain, done, say
from handoff.processes.plan import name_of_bot, plan_services
from handoff.processes.preflight import CannotStart, check_can_start
from handoff.processes.report import print_ready
from handoff.processes.secrets import ensure_secrets
from handoff.processes.service import Folders, RunningService, Service

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
HEALTH_PATIENCE_SECONDS = 180.0
HEALTH_POLL_SECONDS = 0.2


class Keeper:
    """`saldo up`: one run of all services, from the first check to the last process ended."""

    def __init__(self, settings: OperatorSettings, inherited: Mapping[str, str]) -> None:
        self._settings = settings
        self._inherited = inherited
        self._folders = Folders(ROOT, settings.var_folder)
        self._running: list[RunningService] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._stop = asyncio.Event()
        self._started = 0.0
        self._stop_preparing = threading.Event()

    async def run(self) -> None:
        """Return when asked to stop and nothing is left; raise CannotStart when it cannot begin."""
        self._started = asyncio.get_running_loop().time()
        self._listen_for_signals()
        check_can_start(self._settings)
        secrets = ensure_secrets(self._settings.var_folder, self._inherited)
        services = plan_services(self._settings, self._inherited, secrets)
        try:
            await self._start(services)
            await self._stop.wait()
        finally:
            await self._end()

    async def _start(self, services: Mapping[str, Service]) -> None:
        # The bots need the longest and no database: they start while the database is brought up to date.
        for place in range(self._settings.bot_processes):
            self._launch(services[name_of_bot(place)])
        try:
            stories = await asyncio.to_thread(self._prepare)
        except Stopped:
            return
        self._launch(services["handoff"])
        self._launch(services["actions"])
        greeting = asyncio.create_task(self._greet(services, stories))
        stopping = asyncio.create_task(self._stop.wait())
        await asyncio.wait({greeting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        greeting.cancel()
        stopping.cancel()

    def _prepare(self) -> Sequence[DemoStory]:
        try:
            return prepare_installation(self._settings, stop=self._stop_preparing)
        except DatabaseInUse as error:
            raise CannotStart(
                "This database has customers who are not the demo's; set SALDO_DEMO=false or use another database."
            ) from error
        except SQLAlchemyError as error:
            raise CannotStart(
                f"The database cannot be used ({type(error).__name__}); run `saldo doctor`, which says what is wrong."
            ) from error

    def _launch(self, service: Service) -> None:
        if self._stop.is_set():
            return
        running = RunningService(service, self._folders, self._say_death)
        self._running.append(running)
        self._tasks.append(asyncio.create_task(running.run()))

    async def _greet(self, services: Mapping[str, Service], stories: Sequence[DemoStory]) -> None:
        async with httpx.AsyncClient(timeout=2.0, trust_env=False) as client, asyncio.TaskGroup() as group:
            for service in services.values():
                group.create_task(self._announce(client, service))
        print_ready(self._settings, stories)

    async def _announce(self, client: httpx.AsyncClient, service: Service) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + HEALTH_PATIENCE_SECONDS
        while loop.time() < deadline:
            if await _is_well(client, service):
                done(f"{service.name} is ready after {loop.time() - self._started:.0f} s.")
                return
            await asyncio.sleep(HEALTH_POLL_SECONDS)
        complain(
            f"{service.name} did not get ready in {HEALTH_PATIENCE_SECONDS:.0f} s; "
            f"read {self._folders.log_of(service.name)} or run `saldo doctor`."
        )

    def _say_death(self, service: Service, code: int, pause_seconds: float) -> None:
        log = self._folders.log_of(service.name)
        complain(
            f"{service.name} ended with code {code}; it starts again in {pause_seconds:g} s. What it said last: {log}"
        )

    def _listen_for_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, self._ask_to_stop)

    def _ask_to_stop(self) -> None:
        """The first request ends the services kindly; a second one ends them at once."""
        again = self._stop.is_set()
        self._stop.set()
        self._stop_preparing.set()
        for running in self._running if again else ():
            running.stop(at_once=True)

    async def _end(self) -> None:
        self._stop.set()
        if self._running:
            say("Ending all services.")
        for running in self._running:
            running.stop()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _is_well(client: httpx.AsyncClient, service: Service) -> bool:
    with contextlib.suppress(httpx.HTTPError):
        response = await client.get(service.health_url, headers=dict(service.health_headers))
        return response.status_code == httpx.codes.OK
    return False
