"""Reports of usage as a CSV file: each row as a meter or the network sent it, for the intake to judge."""

from pathlib import Path

from billing.exchange import cells
from billing.exchange.columns import FileFormat, may, must
from billing.exchange.problems import Problem, Problems
from billing.exchange.reading import read_records
from billing.usage.reports import Report

COLUMNS = (
    must("event_id", cells.TEXT),
    must("contract", cells.TEXT),
    must("used_at", cells.TEXT),
    must("quantity", cells.TEXT),
    must("unit", cells.TEXT),
    may("zone", cells.TEXT),
)


class UsageFileRefused(Exception):
    """The file is not one of reports; none of it was taken in."""

    def __init__(self, problems: tuple[Problem, ...], count: int) -> None:
        super().__init__(f"{count} problems")
        self.problems = problems
        self.count = count


def read_usage_reports(path: Path) -> list[Report]:
    """Return the rows as they are; raise UsageFileRefused where a column or a cell is missing."""
    problems = Problems()
    format_ = FileFormat(path.stem, COLUMNS)
    records = list(read_records(path, format_, problems))
    if problems.count:
        raise UsageFileRefused(tuple(problems.kept), problems.count)
    return [{name: value for name, value in record.values.items() if value is not None} for record in records]
