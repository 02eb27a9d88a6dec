"""Takes in reports of usage: each event once, and what cannot be right is kept aside for a person. Nothing is lost."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from billing.models.usage import UsageRecord, UsageRejection
from billing.usage.metered_contracts import MeteredContract, load_metered_contracts
from billing.usage.rejection_tasks import raise_rejections
from billing.usage.reports import (
    RejectionReason,
    Report,
    ReportRejected,
    as_text,
    digest_of,
    event_id_of,
    read_report,
    report_as_text,
)

Row = dict[str, object]

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Rejection:
    """A report that waits for a person."""

    event_id: str
    reason: RejectionReason


@dataclass(frozen=True, slots=True)
class IntakeReport:
    """What became of the reports: taken in, known already, or refused."""

    taken: int
    duplicates: int
    rejected: tuple[Rejection, ...]


def take_in(session: Session, reports: Sequence[Report], *, now: datetime) -> IntakeReport:
    """Store the reports that hold, and set aside the others with their reason; what is known already is ignored.

    The same event with other content is not the same: it is set aside.
    """
    taken = duplicates = 0
    rejected: list[Rejection] = []
    for start in range(0, len(reports), CHUNK):
        chunk = reports[start : start + CHUNK]
        intake = _Intake(now, load_metered_contracts(session, _texts(chunk, "contract"), now=now))
        intake.know(session, [event_id for report in chunk if (event_id := event_id_of(report)) is not None])
        for report in chunk:
            intake.sort(report)
        new = _insert(session, UsageRecord, intake.records.values())
        refused = _insert(session, UsageRejection, intake.rejections.values())
        new_rejections = [row for event_id, row in intake.rejections.items() if event_id in refused]
        raise_rejections(session, new_rejections, intake.contracts, now=now)
        taken += len(new)
        duplicates += len(chunk) - len(new) - len(refused)
        rejected.extend(Rejection(str(row["event_id"]), RejectionReason(str(row["reason"]))) for row in new_rejections)
    return IntakeReport(taken, duplicates, tuple(rejected))


@dataclass(slots=True)
class _Intake:
    """Sorts the reports of a chunk into records and rejections, each by its event."""

    now: datetime
    contracts: Mapping[str, MeteredContract]
    stored: dict[str, Row] = field(default_factory=dict)
    set_aside: dict[str, Row] = field(default_factory=dict)
    records: dict[str, Row] = field(default_factory=dict)
    rejections: dict[str, Row] = field(default_factory=dict)

    def know(self, session: Session, event_ids: Collection[str]) -> None:
        """Load what is stored of these events."""
        records = select(*UsageRecord.__table__.columns).where(UsageRecord.event_id.in_(event_ids))
        self.stored = {row.event_id: dict(row._mapping) for row in session.execute(records)}
        rejections = select(UsageRejection.event_id, UsageRejection.report).where(
            UsageRejection.event_id.in_(event_ids)
        )
        self.set_aside = {row.event_id: dict(row._mapping) for row in session.execute(rejections)}

    def sort(self, report: Report) -> None:
        event_id = event_id_of(report)
        try:
            self._take(report, event_id)
        except ReportRejected as error:
            self._set_aside(report, event_id, error.reason)

    def _take(self, report: Report, event_id: str | None) -> None:
        if event_id is None:
            raise ReportRejected(RejectionReason.EVENT_ID_MISSING)
        contract = self.contracts.get(as_text(report.get("contract")))
        if contract is None:
            raise ReportRejected(RejectionReason.CONTRACT_UNKNOWN)
        reading = read_report(report, contract.zone, now=self.now)
        row: Row = {
            "event_id": event_id,
            "contract_id": contract.contract_id,
            "used_on": reading.used_on,
            "quantity": reading.quantity,
            "unit": reading.unit,
            "zone": reading.zone,
        }
        known = self.records.get(event_id) or self.stored.get(event_id)
        if known is None:
            contract.must_price(reading)
            self.records[event_id] = {**row, "received_at": contract.received_at(reading.used_on, self.now)}
        elif any(known[name] != value for name, value in row.items()):
            raise ReportRejected(RejectionReason.EVENT_CONFLICT)

    def _set_aside(self, report: Report, event_id: str | None, reason: RejectionReason) -> None:
        """Keep one row of each content; a second content of one event gets a key of its own."""
        text = report_as_text(report)
        key = event_id or f"#{digest_of(text)}"
        known = self.rejections.get(key) or self.set_aside.get(key)
        if known is not None and known["report"] != text:
            key = f"{event_id}#{digest_of(text)}"
        row: Row = {"event_id": key, "report": text, "reason": reason, "received_at": self.now}
        self.rejections.setdefault(key, row)


def _texts(reports: Iterable[Report], name: str) -> set[str]:
    return {as_text(report[name]) for report in reports if report.get(name) is not None}


def _insert(session: Session, model: type[UsageRecord | UsageRejection], rows: Collection[Row]) -> set[str]:
    """Insert what no unique key forbids, and return the events that are new."""
    if not rows:
        return set()
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(model).on_conflict_do_nothing(index_elements=["event_id"]).returning(model.event_id)
    return set(session.scalars(statement, list(rows)))
