"""Brings the database of this installation up to date and, in a demo, fills it."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from threading import Event
from zoneinfo import ZoneInfo

from billing.clock import Clock, SystemClock
from billing.demo_data import DemoStory, list_stories, seed_demo
from billing.migrations import upgrade
from billing.periods import BillingPeriod
from billing.run.billing_run import Progress
from handoff.commands.sessions import open_async_sessions, open_sessions
from handoff.commands.settings import OperatorSettings
from handoff.commands.terminal import progress_bar, say
from handoff.demo.agents import seed_demo_agents
from handoff.demo.stories import shown_stories

DEMO_SEED = 7
DEMO_ZONE = ZoneInfo("Europe/Berlin")


class Stopped(Exception):
    """Somebody asked to stop while the demo was being made; the next run goes on from there."""


def prepare_installation(settings: OperatorSettings, *, stop: Event | None = None) -> Sequence[DemoStory]:
    """Migrate and, in a demo, seed; return the demo's customers to try, none outside a demo."""
    upgrade_database(settings)
    return _fill_with_demo(settings, stop or Event()) if settings.is_demo else []


def upgrade_database(settings: OperatorSettings) -> None:
    say("Bringing the database up to date.")
    settings.var_folder.mkdir(parents=True, exist_ok=True)
    upgrade(settings.database)


def _fill_with_demo(settings: OperatorSettings, stop: Event) -> Sequence[DemoStory]:
    """Does nothing where the demo is already; raises DatabaseInUse where other customers are."""
    say("Making sure that the demo's customers and agents are there.")
    clock = SystemClock()
    with open_sessions(settings.database) as sessions:
        with progress_bar("Billing 13 months of the demo") as show:
            progress = _stoppable(show, stop)
            seed_demo(sessions, seed=DEMO_SEED, until=last_full_month(clock), now=clock.now(), progress=progress)
        asyncio.run(_add_agents(settings.database, clock))
        with sessions() as session:
            return shown_stories(list_stories(session))


def _stoppable(show: Progress, stop: Event) -> Progress:
    def progress(done: int, total: int) -> None:
        show(done, total)
        if stop.is_set():
            raise Stopped

    return progress


def last_full_month(clock: Clock) -> BillingPeriod:
    """Return the month before the present one: the newest that can have been billed."""
    in_last_month = clock.today(DEMO_ZONE).replace(day=1) - timedelta(days=1)
    return BillingPeriod.month(f"{in_last_month:%Y-%m}")


async def _add_agents(database: str, clock: Clock) -> None:
    async with open_async_sessions(database) as sessions, sessions.begin() as session:
        await seed_demo_agents(session, clock.now())
