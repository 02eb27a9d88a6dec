"""Reads a log of contacts from CSV; what is wrong with a row is told by file, line, field and reason."""

import csv
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import isfinite, nan
from pathlib import Path
from sys import intern
from typing import Final, TextIO

import numpy as np

from handoff.routing.estimate_theory import Array
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
# What exporting programs write where there is nothing.
_NOTHING: Final = frozenset({"", "-", "\\n", "na", "n/a", "nan", "nat", "none", "null", "no_server"})
_CLOCK: Final = r"[ T](?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?"
# Beside ISO 8601, only what cannot be read in two ways: 02/03/2026 may be February or March.
_OTHER_CLOCKS: Final = (
    re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d\d?)[-/.](?P<day>\d\d?)" + _CLOCK),
    re.compile(r"(?P<day>\d\d?)\.(?P<month>\d\d?)\.(?P<year>\d{4})" + _CLOCK),
)
_ISO: Final = "{year}-{month:0>2}-{day:0>2}T{hour:0>2}:{minute}:{second}"
_LOOKED_AT: Final = 65_536
_FAR_AWAY: Final = 5 * 365.25 * _DAY


@dataclass(frozen=True)
class Problem:
    """One row that cannot be used, or only in part; `line` is that of the file, 1 being the header."""

    file: str
    line: int
    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}, {self.field}: {self.reason}"


@dataclass
class Reading:
    """The contacts that could be used, and the first of what was wrong with rows.

    `refused` rows were left out, `mended` ones are used without their end.
    """

    calls: Calls
    problems: list[Problem]
    refused: int
    mended: int


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
    line: "array[int]" = field(default_factory=lambda: array("q"))


def read_calls(path: Path) -> Reading:
    """Return the contacts in the order of arrival, whatever order the file has."""
    columns, refused, mended = _Columns(), 0, 0
    problems: list[Problem] = []
    _refuse_what_is_no_text(path)
    # Names in another alphabet of Windows come out odd, but apart.
    with path.open(newline="", encoding="utf-8-sig", errors="backslashreplace") as file:
        for line, cells in _records(file, path.name):
            try:
                wrong = _take(cells, columns)
                columns.line.append(line)
                mended += wrong is not None
            except _Wrong as refusal:
                wrong = refusal
                refused += 1
            if wrong and len(problems) < _MOST_PROBLEMS_KEPT:
                problems.append(Problem(path.name, line, wrong.where, wrong.reason))
    calls = _calls(columns)
    strays = _strays(calls)
    reason = "is more than five years from the middle of the file"
    problems += [Problem(path.name, line, "arrived_at", reason) for line in np.array(columns.line)[strays].tolist()]
    kept = calls.some(~strays).in_order()
    return Reading(kept, problems[:_MOST_PROBLEMS_KEPT], refused + int(strays.sum()), mended)


def _strays(calls: Calls) -> Array:
    """One wrong year would stretch the log over a century of empty quarters of an hour."""
    if not len(calls):
        return np.zeros(0, dtype=bool)
    return np.abs(calls.arrived - np.median(calls.arrived)) > _FAR_AWAY


def _refuse_what_is_no_text(path: Path) -> None:
    with path.open("rb") as file:
        if b"\0" in file.read(_LOOKED_AT):
            raise LogRefused(Problem(path.name, 1, "file", "is not UTF-8 text"))


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
    for line, row in _rows(file, delimiter, name):
        if any(cell.strip() for cell in row):
            padded = row if len(row) > last else row + [""] * (last + 1 - len(row))
            yield line, {column: _content(padded[place]) for column, place in places}


def _rows(file: TextIO, delimiter: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows below the header with their lines."""
    reader = csv.reader(file, delimiter=delimiter)
    try:
        for row in reader:
            yield reader.line_num + 1, row
    except csv.Error as error:
        raise LogRefused(Problem(name, reader.line_num + 1, "file", f"is not CSV ({error})")) from None


def _content(cell: str) -> str:
    cell = cell.strip()
    return "" if cell.lower() in _NOTHING else cell


def _take(cells: dict[str, str], columns: _Columns) -> _Wrong | None:
    """Return what is wrong with the end of a contact that can be used without it."""
    arrived_at = _moment(cells, "arrived_at")
    if arrived_at is None:
        raise _Wrong("arrived_at", "is empty")
    arrived, clock = arrived_at
    answered, abandoned, ended = (_seconds(cells, name) for name in ("answered_at", "abandoned_at", "ended_at"))
    if answered is None and abandoned is None:
        # Who was never answered and is gone has given up when the contact ended.
        abandoned, ended = ended, None
    _check(arrived, answered, abandoned)
    wrong = _wrong_end(answered, ended)
    priority = _priority(cells.get("priority", ""))
    columns.queue.append(intern(cells.get("queue", "")))
    columns.agent.append(intern(cells.get("agent", "")) if answered is not None else "")
    columns.priority.append(priority)
    columns.times.extend(
        (arrived, _or_nan(answered), _or_nan(abandoned), _or_nan(ended) if answered is not None and not wrong else nan)
    )
    columns.hour.append(clock.hour + 24 * (clock.weekday() >= 5))
    columns.day.append(clock.toordinal())
    columns.offset.append((clock.utcoffset() or _NO_OFFSET).total_seconds())
    return wrong


def _check(arrived: float, answered: float | None, abandoned: float | None) -> None:
    if answered is not None and abandoned is not None:
        raise _Wrong("abandoned_at", "the contact was answered and abandoned")
    if answered is None and abandoned is None:
        raise _Wrong("answered_at", "the contact was neither answered nor abandoned, and has no end")
    where, left = ("answered_at", answered) if answered is not None else ("abandoned_at", abandoned)
    if left is None or left < arrived:
        raise _Wrong(where, "is before arrived_at")
    if left - arrived > _DAY:
        raise _Wrong(where, "is more than a day after arrived_at")


def _wrong_end(answered: float | None, ended: float | None) -> _Wrong | None:
    if answered is None or ended is None or 0 <= ended - answered <= _DAY:
        return None
    reason = "is before answered_at" if ended < answered else "is more than a day after answered_at"
    return _Wrong("ended_at", f"{reason}; the contact counts without its end")


def _priority(cell: str) -> int:
    if not cell:
        return _DEFAULT_PRIORITY
    try:
        priority = int(cell.removesuffix(".0"))
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
    found = _since_1970(cell) or _other_clock(cell)
    if found is None:
        raise _Wrong(name, f"{cell[:30]!r} is not a time such as 2026-03-02T09:30:00")
    return found


def _since_1970(cell: str) -> datetime | None:
    """Read seconds, or milliseconds where seconds would be beyond 2200."""
    try:
        seconds = float(cell)
    except ValueError:
        return None
    if isfinite(seconds) and seconds > _LAST_MOMENT:
        seconds /= 1000
    return datetime.fromtimestamp(seconds, UTC) if _FIRST_MOMENT <= seconds <= _LAST_MOMENT else None


def _other_clock(cell: str) -> datetime | None:
    for pattern in _OTHER_CLOCKS:
        if found := pattern.fullmatch(cell):
            try:
                return datetime.fromisoformat(_ISO.format(**found.groupdict("00")))
            except ValueError:
                return None
    return None


def _or_nan(value: float | None) -> float:
    return nan if value is None else value


def _calls(columns: _Columns) -> Calls:
    times = np.array(columns.times).reshape(-1, 4)
    queue, queue_names = code(columns.queue)
    agent, agent_names = code(columns.agent)
    return Calls(
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
