"""`saldo queue staffing`."""

import re
from collections.abc import Sequence
from dataclasses import asdict
from math import isfinite
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.table import Table

from handoff.commands.queue_log import JsonFile, load_calls, write_json
from handoff.commands.terminal import console, fail, say
from handoff.staffing.calls import Calls
from handoff.staffing.day_plan import Part, Target, needed_for, plan_of, what_people_give
from handoff.staffing.erlang import Load, Prospect
from handoff.staffing.replay import basis_of

_HOUR = 3600.0
_MOST_OFFERED = 5000.0

File = Annotated[
    Path | None,
    typer.Argument(
        exists=True, dir_okay=False, help="CSV of contacts; without it --calls says how many.", metavar="[CALLS.csv]"
    ),
]
Hourly = Annotated[float | None, typer.Option("--calls", min=0, help="Contacts in an hour.")]
Handle = Annotated[float, typer.Option(min=1, help="Seconds that a contact takes, wrap-up included.")]
Patience = Annotated[
    float | None, typer.Option(min=1, help="Mean seconds until a waiting contact gives up; without it nobody gives up.")
]
Promised = Annotated[str, typer.Option("--promise", help="Percent/seconds: 80/20 for calls, 80/60 for chats.")]
Busiest = Annotated[
    float, typer.Option("--occupancy", min=1, max=100, help="Percent of the time a person may be busy.")
]
Present = Annotated[int | None, typer.Option("--agents", min=0, help="The people there are: what do they give?")]
AtOnce = Annotated[int, typer.Option("--at-once", min=1, max=20, help="Contacts that a person holds at once (chats).")]
Minutes = Annotated[int, typer.Option("--interval", help="Minutes of a part of the day: 15, 30 or 60.")]
QueueName = Annotated[str | None, typer.Option("--queue", help="Only this queue of the file.")]


def staffing_command(  # noqa: PLR0913 (each parameter is an option of the command line)
    file: File = None,
    calls: Hourly = None,
    handle: Handle = 300.0,
    patience: Patience = None,
    promise: Promised = "80/20",
    occupancy: Busiest = 100.0,
    agents: Present = None,
    at_once: AtOnce = 1,
    interval: Minutes = 30,
    queue: QueueName = None,
    json_file: JsonFile = None,
) -> None:
    """Say how many people are needed to keep a promise, and what the people there are give.

    From a log: for each part of a working day, with the patience that its callers showed.
    """
    target = _target(promise, occupancy)
    if file is None:
        if calls is None:
            fail("Give a file of contacts, or --calls with the contacts of an hour.")
        _from_options(Load(calls / _HOUR, handle, patience), agents, target, at_once, json_file)
    else:
        if interval not in (15, 30, 60):
            fail("--interval is 15, 30 or 60 minutes.")
        _from_file(_only(load_calls(file), queue), target, interval, at_once, json_file)


def _target(promise: str, occupancy: float) -> Target:
    found = re.fullmatch(r"(\d{1,2}(?:\.\d+)?)/(\d+(?:\.\d+)?)", promise)
    if found is None:
        fail(f"{promise} is not a promise; write percent/seconds, for example 80/20.")
    return Target(float(found[1]) / 100, float(found[2]), occupancy / 100)


def _only(calls: Calls, queue: str | None) -> Calls:
    if queue is None:
        return calls
    if queue not in calls.queue_names:
        fail(f"There is no queue {queue} in the file; there are {', '.join(calls.queue_names) or 'none'}.")
    return calls.some(calls.queue == calls.queue_names.index(queue))


def _from_options(load: Load, agents: int | None, target: Target, at_once: int, json_file: Path | None) -> None:
    if load.offered > _MOST_OFFERED:
        fail(f"That is work for {load.offered:.0f} people at once; up to {_MOST_OFFERED:.0f} can be computed.")
    needed = needed_for(load, target, at_once)
    if agents is None:
        counts: Sequence[int] = [count for count in range(needed - 2, needed + 3) if count > 0]
    else:
        counts = sorted({agents, needed})
    found = {count: what_people_give(load, count, target, at_once) for count in counts}
    table = _table(["people"], target)
    for count, prospect in found.items():
        table.add_row(f"{count}{' ← needed' if count == needed else ''}", *_cells(prospect))
    say(f"{needed} people keep the promise.")
    console.print(table)
    by_people = {str(count): _plain(prospect) for count, prospect in found.items()}
    write_json(json_file, {"needed": needed, "people": by_people})


def _from_file(calls: Calls, target: Target, minutes: int, at_once: int, json_file: Path | None) -> None:
    basis = basis_of(calls)
    parts = list(plan_of(calls, basis, target, minutes, at_once))
    days = len(np.unique(calls.day))
    say(f"{len(calls)} contacts of {days} days; handle time {basis.handle:.0f} s, patience {basis.patience:.0f} s.")
    table = _table(["from", "contacts", "needed", "present"], target)
    for part in parts:
        row = (part.begins, f"{part.contacts:.1f}", str(part.needed), f"{part.present:.1f}")
        table.add_row(*row, *_cells(part.with_present))
    console.print(table)
    say("The figures are those of the people present, in the mean over working days, each part in balance.")
    content = {"handle": basis.handle, "patience": basis.patience, "parts": [_part(part) for part in parts]}
    write_json(json_file, content)


def _part(part: Part) -> dict[str, object]:
    prospects = {"with_needed": _plain(part.with_needed), "with_present": _plain(part.with_present)}
    return {**asdict(part), **prospects}


def _plain(prospect: Prospect) -> dict[str, float | None]:
    """JSON knows no infinity: a line that grows without end has no mean wait."""
    return {key: value if isfinite(value) else None for key, value in asdict(prospect).items()}


def _table(first: Sequence[str], target: Target) -> Table:
    table = Table(box=None)
    for heading in (*first, "busy", "wait at all", "give up", "mean wait", f"answered in {target.seconds:g} s"):
        table.add_column(heading, justify="right")
    return table


def _cells(prospect: Prospect) -> tuple[str, ...]:
    mean = f"{prospect.mean_wait:.0f} s" if isfinite(prospect.mean_wait) else "without end"
    return (
        f"{prospect.occupancy:.0%}",
        f"{prospect.waits:.0%}",
        f"{prospect.abandons:.1%}",
        mean,
        f"{prospect.answered_within:.0%}",
    )
