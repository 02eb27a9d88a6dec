"""What a file of an exchange is made of: its columns, its key, and which columns refer to another file."""

from dataclasses import dataclass
from typing import Any

from billing.exchange import cells
from billing.exchange.cells import Cell

NAMES = {"name": None, "name_en": "en", "name_de": "de", "name_fi": "fi"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column; an empty cell of one that is not required means `default`.

    `refers`: the file whose key it holds. `fresh`: a row of the database will not do, for it cannot grow any more.
    """

    name: str
    cell: Cell
    required: bool = False
    default: Any = None  # Any: of the cell's kind
    refers: str | None = None
    fresh: bool = False
    exported: bool = True


@dataclass(frozen=True, slots=True)
class FileFormat:
    """One file. `key`: the columns that are unique together. `spans`: columns of which the second must be the later.

    `names`: whether a row has a name in each language; None: it cannot have one. `big`: millions of rows are expected.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    required: bool = False
    names: bool | None = None
    spans: tuple[tuple[str, str], ...] = ()
    big: bool = False

    @property
    def file(self) -> str:
        return f"{self.name}.csv"

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """Return the columns of the file in order, those for a name after the key."""
        if self.names is None:
            return self.columns
        exported = {name for name, language in NAMES.items() if self.names and language}
        spoken = tuple(Column(name, cells.TEXT, exported=name in exported) for name in NAMES)
        at = max([index for index, column in enumerate(self.columns) if column.name in self.key], default=0) + 1
        return (*self.columns[:at], *spoken, *self.columns[at:])

    @property
    def exported_columns(self) -> tuple[Column, ...]:
        return tuple(column for column in self.all_columns if column.exported)


def must(name: str, cell: Cell, refers: str | None = None) -> Column:
    return Column(name, cell, required=True, refers=refers)


def may(name: str, cell: Cell, default: object = None, refers: str | None = None) -> Column:
    return Column(name, cell, default=default, refers=refers)


def key_of(file: str, name: str) -> Column:
    return Column(name, cells.TEXT, required=True, refers=file)


def part_of(file: str, name: str) -> Column:
    return Column(name, cells.TEXT, required=True, refers=file, fresh=True)
