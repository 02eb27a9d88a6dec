"""Reads the rows of a CSV file one by one; whatever is wrong with one becomes a problem, and the row is left out."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from billing.exchange.cells import LONGEST, CellProblem
from billing.exchange.columns import NAMES, Column, FileFormat
from billing.exchange.problems import Problems

MEGABYTE = 1_000_000
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be; a million rows of usage are about 70 MB."""

    file_bytes: int = 200 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Record:
    """One row that could be read. A cell that was left empty has the column's default."""

    line: int
    values: Mapping[str, Any]  # Any: each column has a type of its own, which its cell has checked

    def __getitem__(self, name: str) -> Any:  # Any: as above
        return self.values[name]


class _Broken(Exception):
    """The rest of the file cannot be read."""

    def __init__(self, line: int, code: str) -> None:
        super().__init__(code)
        self.line = line
        self.code = code


def read_records(
    path: Path, format_: FileFormat, problems: Problems, *, tick: Callable[[int], None] | None = None
) -> Iterator[Record]:
    """Yield the rows that can be read; `tick` is told from time to time how many bytes of the file are done."""
    with path.open("rb") as source:
        try:
            rows = _rows(source)
            layout = _layout(next(rows, None), format_, problems)
            if layout is None:
                return
            for count, (line, cells) in enumerate(rows):
                record = layout.read(line, cells, problems)
                if record is not None:
                    yield record
                if tick is not None and count % 1_000 == 0:
                    tick(source.tell())
        except _Broken as broken:
            problems.add(format_.file, broken.line, "", broken.code)


def _rows(source: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not blank with the line on which it starts."""
    if source.read(2) in _UTF_16:
        raise _Broken(0, "utf_16")
    source.seek(0)
    lines = _Lines(source)
    # A field cannot be longer than a text may be, so an unclosed quote does not swallow a file of any size.
    csv.field_size_limit(4 * LONGEST)
    reader = csv.reader(lines, strict=True)
    while True:
        start = lines.count + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _Broken(start, "quote_open" if "unexpected end" in str(error) else "not_csv") from None
        if cells:
            yield start, cells


class _Lines:
    """The lines of a UTF-8 file; `count` is the number of the last one that was read."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.count = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._source.readline(16 * LONGEST + 1)
        if not line:
            raise StopIteration
        self.count += 1
        if len(line) > 16 * LONGEST:
            raise _Broken(self.count, "line_too_long")
        if b"\0" in line:
            raise _Broken(self.count, "nul_byte")
        if self.count == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError:
            raise _Broken(self.count, "not_utf_8") from None


@dataclass(frozen=True, slots=True)
class _Layout:
    """The columns of one file in its own order, None for one to leave out, and what a row holds before it is read."""

    format: FileFormat
    columns: Sequence[Column | None]
    defaults: Mapping[str, Any]  # Any: as in Record

    def read(self, line: int, cells: Sequence[str], problems: Problems) -> Record | None:
        """Return the row; None, with the problems told, if it cannot be read."""
        file = self.format.file
        if len(cells) != len(self.columns):
            code = "too_many_fields" if len(cells) > len(self.columns) else "too_few_fields"
            problems.add(file, line, "", code, found=len(cells), expected=len(self.columns))
            return None
        values = dict(self.defaults)
        before = problems.count
        for column, text in zip(self.columns, cells, strict=True):
            if column is None:
                continue
            if text:
                try:
                    values[column.name] = column.cell.read(text)
                except CellProblem as problem:
                    problems.add(file, line, column.name, problem.code, **problem.facts)
            elif column.required:
                problems.add(file, line, column.name, "empty")
        if self.format.names is not None:
            values["names"] = _names(values)
            if self.format.names and not values["names"]:
                problems.add(file, line, "name", "empty")
        return Record(line, values) if problems.count == before else None


def _layout(header: tuple[int, list[str]] | None, format_: FileFormat, problems: Problems) -> _Layout | None:
    """Return how the file is laid out; None, with the problems told, when a column is missing or there twice."""
    if header is None:
        problems.add(format_.file, 0, "", "empty_file")
        return None
    _, names = header
    if len(names) == 1 and ";" in names[0]:
        problems.add(format_.file, 1, "", "semicolons")
        return None
    known = {column.name: column for column in format_.all_columns}
    missing = [name for name, column in known.items() if column.required and name not in names]
    if format_.names and not any(name in names for name in NAMES):
        missing.append("name")
    twice = [name for name in known if names.count(name) > 1]
    for name in missing:
        problems.add(format_.file, 1, name, "column_missing")
    for name in twice:
        problems.add(format_.file, 1, name, "column_twice")
    for name in names:
        if name not in known:
            problems.warn(format_.file, 1, name[:40], "column_unknown")
    if missing or twice:
        return None
    defaults = {name: column.default for name, column in known.items()}
    return _Layout(format_, [known.get(name) for name in names], defaults)


def _names(values: Mapping[str, Any]) -> dict[str, str]:
    """Return the name in each language; one that is not given reads like `name`, else like the first that is."""
    given = {language: values[column] for column, language in NAMES.items() if language and values[column]}
    fallback = values["name"] or next(iter(given.values()), None)
    return {} if fallback is None else {"en": fallback, "de": fallback, "fi": fallback} | given
