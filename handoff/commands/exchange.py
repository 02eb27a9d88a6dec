"""`saldo import` and `saldo export`."""

from pathlib import Path
from typing import Annotated

import typer

from billing.clock import SystemClock
from billing.exchange import FolderInUse, ImportReport, Limits, Problem, export_folder, import_folder
from handoff.commands.sessions import open_sessions
from handoff.commands.settings import OperatorSettings
from handoff.commands.terminal import complain, done, fail, progress_bar, say

MEGABYTE = 1_000_000


def import_command(
    folder: Annotated[Path, typer.Argument(help="The folder with the CSV files; docs/import.md describes them.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only check the files; write nothing.")] = False,
    max_megabytes: Annotated[int, typer.Option(min=1, help="The largest file to read.")] = 200,
) -> None:
    """Import customers, contracts, prices, usage, invoices and payments from CSV files.

    All files are checked first. One bad row, and nothing is imported.
    """
    limits = Limits(file_bytes=max_megabytes * MEGABYTE)
    with open_sessions(OperatorSettings().database) as sessions, progress_bar("Importing") as progress:
        now = SystemClock().now()
        report = import_folder(sessions, folder, now=now, dry_run=dry_run, limits=limits, progress=progress)
    for warning in report.warnings:
        say(str(warning))
    if not report.is_clean:
        _refuse(report)
    for name, rows in report.rows.items():
        say(f"{name}: {rows} rows")
    done("The files are sound; nothing was written." if dry_run else f"{sum(report.rows.values())} rows imported.")


def export_command(
    folder: Annotated[Path, typer.Argument(help="The folder to write the CSV files to; it is made if it is missing.")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Write into a folder that is not empty.")] = False,
) -> None:
    """Export the billing data as CSV files, the same that `saldo import` reads."""
    with open_sessions(OperatorSettings().database) as sessions, progress_bar("Exporting") as progress:
        try:
            rows = export_folder(sessions, folder, overwrite=overwrite, progress=progress)
        except FolderInUse as error:
            fail(f"{error.folder} is not empty; name another folder, or add --overwrite.")
    done(f"{sum(rows.values())} rows exported to {folder}.")


def _refuse(report: ImportReport) -> None:
    problems: tuple[Problem, ...] = report.problems
    for problem in problems:
        complain(str(problem))
    if report.count > len(problems):
        complain(f"{report.count - len(problems)} more problems are not shown.")
    what = "1 problem" if report.count == 1 else f"{report.count} problems"
    fail(f"{what}; nothing was imported.")
