"""The example of docs/import.md, which tests take as their sound files, and ways to spoil it."""

import csv
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

EXAMPLE = Path(__file__).resolve().parents[3] / "docs" / "import-example"
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)

Rows = list[list[str]]


def copy_example(folder: Path) -> Path:
    target = folder / "files"
    shutil.copytree(EXAMPLE, target)
    return target


def read_rows(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write_rows(path: Path, rows: Rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def set_cell(path: Path, line: int, column: str, text: str) -> None:
    """Change one cell; lines are counted as a report counts them, the header being line 1."""
    rows = read_rows(path)
    if column not in rows[0]:
        rows = [[*row, column if index == 0 else ""] for index, row in enumerate(rows)]
    rows[line - 1][rows[0].index(column)] = text
    write_rows(path, rows)


def append_row(path: Path, **cells: str) -> None:
    rows = read_rows(path)
    write_rows(path, [*rows, [cells.get(column, "") for column in rows[0]]])


def change_rows(path: Path, change: Callable[[Rows], Rows]) -> None:
    write_rows(path, change(read_rows(path)))
