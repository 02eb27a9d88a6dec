"""How the commands of `saldo queue` read a log of contacts and write their findings."""

import json
from pathlib import Path
from typing import Annotated

import typer

from billing.db import JsonObject
from handoff.commands.terminal import complain, done, fail, progress_bar
from handoff.staffing.call_log import LogRefused, read_calls
from handoff.staffing.calls import Calls

# More wrong rows than this share mean that the file is not what was meant.
_MOST_REFUSED = 0.5

JsonFile = Annotated[
    Path | None, typer.Option("--json", dir_okay=False, help="Write the figures to this file as well.")
]


def load_calls(file: Path) -> Calls:
    """Say what is wrong with which row and go on without it; fail when too little is left."""
    try:
        with progress_bar(f"Reading {file.name}"):
            reading = read_calls(file)
    except LogRefused as refused:
        fail(f"{refused}.")
    for problem in reading.problems:
        complain(f"{problem}.")
    wrong = reading.refused + reading.mended
    if wrong > len(reading.problems):
        complain(f"{file.name}: {wrong - len(reading.problems)} more rows are wrong.")
    rows = len(reading.calls) + reading.refused
    if not rows:
        fail(f"{file.name} has no contacts.")
    if reading.refused > _MOST_REFUSED * rows:
        fail(f"{reading.refused} of {rows} rows are wrong; nothing was computed.")
    if reading.refused:
        complain(f"{reading.refused} of {rows} rows were left out.")
    if reading.mended:
        complain(f"{reading.mended} of {rows} rows count without their end.")
    return reading.calls


def write_json(file: Path | None, content: JsonObject) -> None:
    if file is None:
        return
    try:
        file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        fail(f"{file} cannot be written ({error.strerror}).")
    done(f"The figures are in {file}.")
