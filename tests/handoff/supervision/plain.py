"""The board's figures a second time, written down anew from their definitions: lists, loops and no clever step.

Nothing is imported from what is tested. One pass for each question, straight over the raw rows of the log.
"""

import math
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.handoff.supervision.histories import Row

Promise = Callable[[str, Any], int | None]


def split_into_contacts(rows: list[Row]) -> list[list[Row]]:
    """Cut each conversation's rows where a new contact begins."""
    by_conversation: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        if row.conversation_id is not None:
            by_conversation[row.conversation_id].append(row)
    pieces: list[list[Row]] = []
    for own in by_conversation.values():
        piece: list[Row] = []
        for row in own:
            asks_after_leaving = row.kind == "requested" and piece and not came_back(piece, row)
            brought_back = row.kind == "reopened" and piece and row.entry_id != last_entry(piece)
            if (asks_after_leaving or brought_back) and piece:
                pieces.append(piece)
                piece = []
            piece.append(row)
        pieces.append(piece)
    return pieces


def last_entry(piece: list[Row]) -> UUID | None:
    return [row.entry_id for row in piece if row.kind in ("requested", "reopened", "requeued", "transferred")][-1]


def came_back(piece: list[Row], row: Row) -> bool:
    left = [each for each in piece if each.kind == "left"]
    return bool(left) and row.happened_at - left[-1].happened_at <= timedelta(minutes=10)


def kinds(piece: list[Row], *wanted: str) -> list[Row]:
    return [row for row in piece if row.kind in wanted]


def first_answer(piece: list[Row]) -> datetime | None:
    taken = kinds(piece, "taken")
    return taken[0].happened_at if taken else None


def gone(piece: list[Row]) -> Row | None:
    """The last time that the customer left, if no other request followed it."""
    ends = kinds(piece, "left", "requested", "reopened")
    return ends[-1] if ends and ends[-1].kind == "left" else None


def is_callback(piece: list[Row]) -> bool:
    """Asked for, before anybody answered, and not taken back while still in line."""
    wanted = False
    for position, row in enumerate(piece):
        before = piece[:position]
        if row.kind == "callback_asked" and not kinds(before, "taken"):
            wanted = True
        if row.kind == "callback_ended" and row.details["how"] in ("live", "cancelled") and stands_in_line(before):
            wanted = False
    return wanted


def put_off_too_late(piece: list[Row], limit: int | None) -> bool:
    """At closing time, after more than the promised time; the last wish for a callback is the one that counts."""
    asked = [
        row
        for position, row in enumerate(piece)
        if row.kind == "callback_asked" and not kinds(piece[:position], "taken")
    ]
    if not is_callback(piece) or limit is None or asked[-1].details.get("by") != "closing":
        return False
    return (asked[-1].happened_at - piece[0].happened_at).total_seconds() > limit


def stands_in_line(piece: list[Row]) -> bool:
    """The last row that moves a contact into or out of the line decides."""
    moves = kinds(piece, "requested", "requeued", "transferred", "taken", "left", "reopened")
    if not moves:
        return False
    if moves[-1].kind == "reopened":
        return moves[-1] is piece[0]
    return moves[-1].kind in ("requested", "requeued", "transferred")


def outcome(piece: list[Row]) -> str:
    if is_callback(piece):
        return "callback"
    if first_answer(piece) is not None:
        return "answered"
    left = gone(piece)
    if left is None:
        return "waiting"
    return "to_bot" if left.details["why"] == "to_bot" else "abandoned"


def wait(piece: list[Row], now: datetime) -> float:
    left = gone(piece)
    end = first_answer(piece) or (left.happened_at if left else now)
    return (end - piece[0].happened_at).total_seconds()


def work(piece: list[Row]) -> list[tuple[datetime, datetime | None, datetime | None]]:
    """Each agent's (taken, end of the talk, end of the wrap-up)."""
    found = []
    for position, row in enumerate(piece):
        is_start = row.kind == "taken" or (row.kind == "reopened" and position > 0)
        if not is_start:
            continue
        talk_end = end = None
        for later in piece[position + 1 :]:
            if later.kind == "wrap_up_begun":
                talk_end = later.happened_at
            if later.kind in ("wrap_up_done", "transferred", "requeued", "returned_to_bot", "closed", "taken"):
                end = later.happened_at
                break
        found.append((row.happened_at, talk_end or end, end))
    return found


def lost_to_the_line(piece: list[Row]) -> int:
    """Back in line although an agent had it, and nobody passed it on."""
    count = 0
    for position, row in enumerate(piece):
        if row.kind == "requeued" and not stands_in_line(piece[:position]):
            count += 1
    return count


def rank(values: list[float], percent: int) -> int | None:
    """The smallest of the values that so many in a hundred do not exceed."""
    for value in sorted(values):
        if sum(other <= value for other in values) >= math.ceil(len(values) * percent / 100):
            return round(value)
    return None


def average(values: list[float]) -> int | None:
    return round(sum(values) / len(values)) if values else None


def thousandths(part: int, whole: int) -> int | None:
    return None if whole == 0 else math.floor(1000 * part / whole)


def figures(pieces: list[list[Row]], promise: Promise, now: datetime) -> dict[str, int | None]:
    by = {name: [piece for piece in pieces if outcome(piece) == name] for name in ("answered", "abandoned", "waiting")}
    seconds = {id(piece): promise(str(piece[0].queue), piece[0].channel) for piece in pieces}

    def in_time(piece: list[Row]) -> bool:
        limit = seconds[id(piece)]
        return limit is not None and wait(piece, now) <= limit

    def too_late(piece: list[Row]) -> bool:
        limit = seconds[id(piece)]
        return limit is not None and wait(piece, now) > limit

    met = sum(in_time(piece) for piece in by["answered"])
    late = sum(too_late(piece) for piece in by["answered"])
    abandoned_late = sum(too_late(piece) for piece in by["abandoned"])
    waiting_late = sum(too_late(piece) for piece in by["waiting"])
    put_off_late = sum(put_off_too_late(piece, seconds[id(piece)]) for piece in pieces)
    waits = [wait(piece, now) for piece in by["answered"]]
    done = [(start, talk, end) for piece in pieces for start, talk, end in work(piece) if talk and end]
    in_line = [piece for piece in pieces if stands_in_line(piece) and not is_callback(piece)]
    offers = [len(kinds(piece, "offered")) for piece in pieces]
    return {
        "offered": len(pieces),
        "answered": len(by["answered"]),
        "abandoned": len(by["abandoned"]),
        "abandoned_early": len(by["abandoned"]) - abandoned_late,
        "to_bot": sum(outcome(piece) == "to_bot" for piece in pieces),
        "callbacks": sum(outcome(piece) == "callback" for piece in pieces),
        "callbacks_waiting": sum(is_callback(piece) and stands_in_line(piece) for piece in pieces),
        "waiting": len(in_line),
        "waiting_late": waiting_late,
        "put_off_late": put_off_late,
        "met": met,
        "late": late,
        "service_level": thousandths(met, met + late + len(by["abandoned"]) + waiting_late + put_off_late),
        "service_level_lenient": thousandths(met, met + late + abandoned_late + waiting_late + put_off_late),
        "abandonment": thousandths(len(by["abandoned"]), len(by["abandoned"]) + len(by["answered"])),
        "oldest_seconds": int(max((now - p[0].happened_at).total_seconds() for p in in_line)) if in_line else None,
        "asa_seconds": average(waits),
        "wait_p50": rank(waits, 50),
        "wait_p80": rank(waits, 80),
        "wait_p95": rank(waits, 95),
        "offers": sum(offers),
        "missed": sum(len(kinds(piece, "missed")) for piece in pieces),
        "declined": sum(len(kinds(piece, "declined")) for piece in pieces),
        "re_offers": sum(count - 1 for count in offers if count > 1),
        "transfers": sum(len(kinds(piece, "transferred")) for piece in pieces),
        "requeues": sum(lost_to_the_line(piece) for piece in pieces),
        "handle_seconds": average([(end - start).total_seconds() for start, _, end in done]),
        "talk_seconds": average([(talk - start).total_seconds() for start, talk, _ in done]),
        "wrap_up_seconds": average([(end - talk).total_seconds() for _, talk, end in done]),
    }


def agent_at(rows: list[Row], agent: UUID, moment: datetime) -> str:
    """What an agent was at a moment: looked up for that moment alone."""
    said = [row for row in rows if row.kind == "presence" and row.agent_id == agent and row.happened_at <= moment]
    presence = said[-1].details["presence"] if said else "offline"
    talking = wrapping = False
    for _, start, talk, end in _work_of(rows, agent):
        if start <= moment and (talk is None or moment < talk):
            talking = True
        elif talk is not None and talk <= moment and (end is None or moment < end):
            wrapping = True
    if presence == "offline":
        return "offline"
    if talking:
        return "busy"
    if wrapping:
        return "wrap_up"
    return "free" if presence == "available" else "away"


def has_work(rows: list[Row], agent: UUID, moment: datetime) -> bool:
    """Whether the agent had a conversation or a wrap-up, signed out or not."""
    return any(start <= moment and (end is None or moment < end) for _, start, _, end in _work_of(rows, agent))


def is_available(rows: list[Row], agent: UUID, moment: datetime) -> bool:
    said = [row for row in rows if row.kind == "presence" and row.agent_id == agent and row.happened_at <= moment]
    return bool(said) and said[-1].details["presence"] == "available"


def _work_of(rows: list[Row], agent: UUID) -> list[tuple[list[Row], datetime, datetime | None, datetime | None]]:
    found = []
    for piece in split_into_contacts(rows):
        owners = [row.agent_id for position, row in enumerate(piece) if _starts(piece, position)]
        found += [(piece, *times) for owner, times in zip(owners, work(piece), strict=True) if owner == agent]
    return found


def _starts(piece: list[Row], position: int) -> bool:
    return piece[position].kind == "taken" or (piece[position].kind == "reopened" and position > 0)
