"""Reads a log of contacts from CSV; what is wrong with a row is told by file, line, field and reason."""

import csv
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import isfinite, nan
from pathlib import Path
from sys import intern
from typing import Final, TextIO

import numpy as np

from handoff.staffing.calls import Calls, code

REQUIRED: Final = ("arrived_at", "answered_at", "abandoned_at", "ended_at")
OPTIONAL: Final = ("queue", "priority", "agent")
_DAY: Final = 86_400.0
_NO_OFFSET: Final = timedelta()
_MOST_PROBLEMS_KEPT: Final = 20
_DEFAULT_PRIORITY: Final = 3
_PRIORITIES: Final = range(100)
_FIRST_MOMENT: Final = 0.0
_LAST_MOMENT: Final = 7_258_118_400.0  # the year 2200


@dataclass(frozen=True)
class Problem:
    """One row that cannot be used; `line` is that of the file, 1 being the header."""

    file: str
    line: int
    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}, {self.field}: {self.reason}"


@dataclass
class Reading:
    """The contacts that could be used, and what was wrong with the others: how many, and the first of them."""

    calls: Calls
    problems: list[Problem]
    refused: int


class LogRefused(Exception):
    """The file is no log of contacts: a column or everything is missing, or it is no text."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


class _Wrong(Exception):
    def __init__(self, where: str, reason: str) -> None:
        super().__init__(where, reason)
        self.where = where
        self.reason = reason


@dataclass
class _Columns:
    queue: list[str] = field(default_factory=list)
    agent: list[str] = field(default_factory=list)
    priority: list[int] = field(default_factory=list)
    times: "array[float]" = field(default_factory=lambda: array("d"))
    hour: list[int] = field(default_factory=list)
    day: list[int] = field(default_factory=list)
    offset: list[float] = field(default_factory=list)


def read_calls(path: Path) -> Reading:
    """Return the contacts in the order of arrival, whatever order the file has."""
    columns, refused = _Columns(), 0
    problems: list[Problem] = []
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            for line, cells in _records(file, path.name):
                try:
                    _take(cells, columns)
                except _Wrong as wrong:
                    refused += 1
                    if len(problems) < _MOST_PROBLEMS_KEPT:
                        problems.append(Problem(path.name, line, wrong.where, wrong.reason))
    except UnicodeDecodeError:
        raise LogRefused(Problem(path.name, 1, "file", "is not UTF-8 text")) from None
    except csv.Error as error:
        raise LogRefused(Problem(path.name, 1, "file", f"is not CSV ({error})")) from None
    return Reading(_calls(columns), problems, refused)


def _records(file: TextIO, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    first = file.readline()
    delimiter = max(",;\t", key=first.count)
    header = [cell.strip().lower() for cell in next(csv.reader([first], delimiter=delimiter), [])]
    for column in REQUIRED:
        if column not in header:
            raise LogRefused(Problem(name, 1, column, "the column is missing"))
    for column in header:
        if column in (*REQUIRED, *OPTIONAL) and header.count(column) > 1:
            raise LogRefused(Problem(name, 1, column, "the column is there twice"))
    places = [(column, header.index(column)) for column in (*REQUIRED, *OPTIONAL) if column in header]
    last = max(place for _, place in places)
    reader = csv.reader(file, delimiter=delimiter)
    for row in reader:
        if any(cell.strip() for cell in row):
            padded = row if len(row) > last else row + [""] * (last + 1 - len(row))
            yield reader.line_num + 1, {column: padded[place].strip() for column, place in places}


def _take(cells: dict[str, str], columns: _Columns) -> None:
    arrived_at = _moment(cells, "arrived_at")
    if arrived_at is None:
        raise _Wrong("arrived_at", "is empty")
    arrived, clock = arrived_at
    answered, abandoned, ended = (_seconds(cells, name) for name in ("answered_at", "abandoned_at", "ended_at"))
    if answered is None and abandoned is None:
        # Who was never answered and is gone has given up when the contact ended.
        abandoned, ended = ended, None
    _check(arrived, answered, abandoned, ended)
    priority = _priority(cells.get("priority", ""))
    columns.queue.append(intern(cells.get("queue", "")))
    columns.agent.append(intern(cells.get("agent", "")) if answered is not None else "")
    columns.priority.append(priority)
    columns.times.extend(
        (arrived, _or_nan(answered), _or_nan(abandoned), _or_nan(ended) if answered is not None else nan)
    )
    columns.hour.append(clock.hour + 24 * (clock.weekday() >= 5))
    columns.day.append(clock.toordinal())
    columns.offset.append((clock.utcoffset() or _NO_OFFSET).total_seconds())


def _check(arrived: float, answered: float | None, abandoned: float | None, ended: float | None) -> None:
    if answered is not None and abandoned is not None:
        raise _Wrong("abandoned_at", "the contact was answered and abandoned")
    if answered is None and abandoned is None:
        raise _Wrong("answered_at", "the contact was neither answered nor abandoned, and has no end")
    where, left = ("answered_at", answered) if answered is not None else ("abandoned_at", abandoned)
    if left is None or left < arrived:
        raise _Wrong(where, "is before arrived_at")
    if left - arrived > _DAY:
        raise _Wrong(where, "is more than a day after arrived_at")
    if answered is not None and ended is not None and not 0 <= ended - answered <= _DAY:
        raise _Wrong(
            "ended_at", "is before answered_at" if ended < answered else "is more than a day after answered_at"
        )


def _priority(cell: str) -> int:
    if not cell:
        return _DEFAULT_PRIORITY
    try:
        priority = int(cell)
    except ValueError:
        raise _Wrong("priority", f"{cell[:30]!r} is not a whole number") from None
    if priority not in _PRIORITIES:
        raise _Wrong("priority", f"{cell[:30]} is not from 0 to 99")
    return priority


def _seconds(cells: dict[str, str], name: str) -> float | None:
    found = _moment(cells, name)
    return None if found is None else found[0]


def _moment(cells: dict[str, str], name: str) -> tuple[float, datetime] | None:
    """Return seconds since 1970 and the clock as it is written. A time without a zone is taken as it stands."""
    cell = cells[name]
    if not cell:
        return None
    clock = _clock(cell, name)
    seconds = (clock if clock.tzinfo else clock.replace(tzinfo=UTC)).timestamp()
    if not _FIRST_MOMENT <= seconds <= _LAST_MOMENT:
        raise _Wrong(name, f"{cell[:30]} is not between 1970 and 2200")
    return seconds, clock


def _clock(cell: str, name: str) -> datetime:
    try:
        return datetime.fromisoformat(cell)
    except ValueError:
        pass
    try:
        seconds = float(cell)
        if isfinite(seconds) and _FIRST_MOMENT <= seconds <= _LAST_MOMENT:
            return datetime.fromtimestamp(seconds, UTC)
    except ValueError:
        pass
    raise _Wrong(name, f"{cell[:30]!r} is not a time such as 2026-03-02T09:30:00") from None


def _or_nan(value: float | None) -> float:
    return nan if value is None else value


def _calls(columns: _Columns) -> Calls:
    times = np.array(columns.times).reshape(-1, 4)
    queue, queue_names = code(columns.queue)
    agent, agent_names = code(columns.agent)
    calls = Calls(
        queue=queue,
        priority=np.array(columns.priority, dtype=np.int32),
        agent=agent,
        arrived=times[:, 0],
        answered=times[:, 1],
        abandoned=times[:, 2],
        ended=times[:, 3],
        hour=np.array(columns.hour, dtype=np.int32),
        day=np.array(columns.day, dtype=np.int32),
        offset=np.array(columns.offset, dtype=float),
        queue_names=queue_names,
        agent_names=agent_names,
    )
    return calls.in_order()
