"""Logs of contacts as people export them, and as they break."""

from pathlib import Path

import numpy as np
import pytest

from handoff.staffing.call_log import LogRefused, Reading, read_calls
from handoff.staffing.calls import NO_AGENT

HEADER = "queue,priority,arrived_at,answered_at,abandoned_at,ended_at,agent"
GOOD = "bills,1,2026-03-02T09:00:00,2026-03-02T09:00:40,,2026-03-02T09:04:00,Mia"


def read(folder: Path, *rows: str, header: str = HEADER, name: str = "calls.csv", encoding: str = "utf-8") -> Reading:
    path = folder / name
    path.write_text("\n".join((header, *rows, "")), encoding=encoding)
    return read_calls(path)


def test_a_row_becomes_a_contact_with_wait_and_handle_time(tmp_path: Path):
    calls = read(tmp_path, GOOD).calls

    assert (calls.wait[0], calls.handle[0], calls.priority[0], calls.hour[0]) == (40, 200, 1, 9)
    assert (calls.queue_names, calls.agent_names) == (("bills",), ("Mia",))


@pytest.mark.parametrize(
    "moment",
    [
        "2026-03-02 09:00:00",
        "2026-03-02T09:00",
        "20260302T090000",
        "2026-03-02T09:00:00.000",
        "2026-03-02T09:00:00Z",
        "2026-03-02T11:00:00+02:00",
        "1772442000",
        "1772442000.0",
        "1772442000000",
        "2026-03-02 9:00:00",
        "2026/03/02 09:00:00",
        "2026/3/2 9:00",
        "02.03.2026 09:00:00",
        "2.3.2026 9:00",
    ],
)
def test_the_same_moment_may_be_written_in_many_ways(tmp_path: Path, moment: str):
    calls = read(tmp_path, f"bills,1,{moment},{moment},,{moment},Mia").calls

    assert calls.arrived[0] == 1772442000
    assert calls.wait[0] == 0


def test_the_hour_is_that_of_the_clock_on_the_wall(tmp_path: Path):
    calls = read(tmp_path, "bills,1,2026-03-07T23:30:00-05:00,,2026-03-07T23:31:00-05:00,,").calls

    assert calls.hour[0] == 23 + 24
    assert (calls.arrived[0] + calls.offset[0]) % 86400 == 23.5 * 3600


def test_rows_in_any_order_come_out_in_the_order_of_arrival(tmp_path: Path):
    rows = [f"bills,1,2026-03-02T09:0{minute}:00,,2026-03-02T09:09:30,," for minute in (5, 1, 3)]

    assert np.diff(read(tmp_path, *rows).calls.arrived).min() > 0


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_a_byte_order_mark_capitals_and_more_columns_are_no_obstacle(tmp_path: Path, delimiter: str):
    header = f"note,{HEADER.upper()}".replace(",", delimiter)

    calls = read(tmp_path, f"x,{GOOD}".replace(",", delimiter), header=header, encoding="utf-8-sig").calls

    assert calls.wait[0] == 40


def test_queue_priority_and_agent_may_be_missing_and_rows_may_end_early(tmp_path: Path):
    header = "arrived_at,answered_at,ended_at,abandoned_at"

    calls = read(tmp_path, "2026-03-02T09:00,2026-03-02T09:01,2026-03-02T09:05", header=header).calls

    assert (calls.agent[0], calls.priority[0], calls.queue_names) == (NO_AGENT, 3, ())


def test_who_was_never_answered_gave_up_when_the_contact_ended(tmp_path: Path):
    calls = read(tmp_path, "bills,1,2026-03-02T09:00:00,,,2026-03-02T09:00:30,").calls

    assert not calls.was_answered[0]
    assert calls.wait[0] == 30


def test_a_contact_without_a_recorded_end_is_kept(tmp_path: Path):
    calls = read(tmp_path, "bills,1,2026-03-02T09:00:00,2026-03-02T09:00:05,,,Mia").calls

    assert calls.was_answered[0]
    assert np.isnan(calls.handle[0])


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ("bills,1,,2026-03-02T09:00:40,,,", "arrived_at", "is empty"),
        ("bills,1,yesterday,2026-03-02T09:00:40,,,", "arrived_at", "'yesterday' is not a time"),
        ("bills,1,nan,2026-03-02T09:00:40,,,", "arrived_at", "is empty"),
        ("bills,1,inf,2026-03-02T09:00:40,,,", "arrived_at", "'inf' is not a time"),
        ("bills,1,31.02.2026 09:00,2026-03-02T09:00:40,,,", "arrived_at", "is not a time"),
        ("bills,1.5,2026-03-02T09:00:00,,2026-03-02T09:00:40,,", "priority", "'1.5' is not a whole number"),
        ("bills,1,02/03/2026 09:00,,2026-03-02T09:00:40,,", "arrived_at", "is not a time"),
        ("bills,1,-5,,2026-03-02T09:00:40,,", "arrived_at", "is not a time"),
        ("bills,1,1900-01-01T00:00:00,,2026-03-02T09:00:40,,", "arrived_at", "not between 1970 and 2200"),
        ("bills,high,2026-03-02T09:00:00,,2026-03-02T09:00:40,,", "priority", "'high' is not a whole number"),
        ("bills,-1,2026-03-02T09:00:00,,2026-03-02T09:00:40,,", "priority", "not from 0 to 99"),
        ("bills,1,2026-03-02T09:00:00,2026-03-02T08:59:00,,,", "answered_at", "is before arrived_at"),
        ("bills,1,2026-03-02T09:00:00,,2026-03-01T09:00:00,,", "abandoned_at", "is before arrived_at"),
        ("bills,1,2026-03-02T09:00:00,2026-03-04T09:00:00,,,", "answered_at", "more than a day after arrived_at"),
        (
            "bills,1,2026-03-02T09:00:00,2026-03-02T09:01:00,2026-03-02T09:02:00,,",
            "abandoned_at",
            "answered and abandoned",
        ),
        ("bills,1,2026-03-02T09:00:00,,,,", "answered_at", "neither answered nor abandoned"),
    ],
)
def test_a_wrong_row_is_named_by_file_line_field_and_reason_and_the_rest_is_read(
    tmp_path: Path, row: str, field: str, reason: str
):
    reading = read(tmp_path, GOOD, row, GOOD)

    [problem] = reading.problems
    assert (problem.file, problem.line, problem.field) == ("calls.csv", 3, field)
    assert reason in problem.reason
    assert str(problem).startswith(f"calls.csv, line 3, {field}: ")
    assert len(reading.calls) == 2


def test_one_wrong_year_does_not_stretch_the_log(tmp_path: Path):
    reading = read(tmp_path, GOOD, GOOD.replace("2026", "2199"), GOOD)

    assert [str(problem) for problem in reading.problems] == [
        "calls.csv, line 3, arrived_at: is more than five years from the middle of the file"
    ]
    assert (reading.refused, len(reading.calls), len(read(tmp_path).calls)) == (1, 2, 0)


def test_a_quote_that_never_ends_is_refused_by_its_line(tmp_path: Path):
    with pytest.raises(LogRefused, match=r"line \d+, file: is not CSV"):
        read(tmp_path, GOOD, '"' + "x" * 200_000, GOOD)


@pytest.mark.parametrize(
    ("header", "field", "reason"),
    [
        ("queue,priority,arrived_at,answered_at,ended_at,agent", "abandoned_at", "missing"),
        (f"{HEADER},agent", "agent", "twice"),
        ("", "arrived_at", "missing"),
    ],
)
def test_a_file_with_the_wrong_columns_is_refused_by_the_columns_name(
    tmp_path: Path, header: str, field: str, reason: str
):
    with pytest.raises(LogRefused, match=f"line 1, {field}: .*{reason}"):
        read(tmp_path, GOOD, header=header)


@pytest.mark.parametrize(
    ("ended", "reason"),
    [
        ("2026-03-02T09:00:30", "is before answered_at; the contact counts without its end"),
        ("2026-03-04T09:00:30", "is more than a day after answered_at; the contact counts without its end"),
    ],
)
def test_a_contact_with_a_wrong_end_is_told_and_used_without_it(tmp_path: Path, ended: str, reason: str):
    reading = read(tmp_path, GOOD, f"bills,1,2026-03-02T09:00:00,2026-03-02T09:01:00,,{ended},Mia")

    assert [str(problem) for problem in reading.problems] == [f"calls.csv, line 3, ended_at: {reason}"]
    assert (reading.refused, reading.mended, len(reading.calls)) == (0, 1, 2)
    assert reading.calls.wait[1] == 60
    assert np.isnan(reading.calls.handle[1])


@pytest.mark.parametrize("nothing", ["NULL", "NaT", "nan", "-", "\\N", "NO_SERVER"])
def test_what_programs_write_for_nothing_is_nothing(tmp_path: Path, nothing: str):
    row = f"{nothing},{nothing},2026-03-02T09:00:00,2026-03-02T09:01:00,{nothing},{nothing},{nothing}"

    calls = read(tmp_path, row).calls

    assert (calls.agent_names, calls.queue_names, calls.priority[0]) == ((), (), 3)
    assert calls.was_answered[0]


def test_a_priority_may_be_written_as_a_column_with_gaps_writes_it(tmp_path: Path):
    row = "bills,2.0,2026-03-02T09:00:00,,2026-03-02T09:00:40,,"

    assert read(tmp_path, row).calls.priority[0] == 2


def test_names_in_the_letters_of_windows_stay_apart(tmp_path: Path):
    rows = [GOOD.replace("Mia", name) for name in ("Jörg", "Jürg", "Jörg")]

    calls = read(tmp_path, *rows, encoding="cp1252").calls

    assert len(calls.agent_names) == 2
    assert calls.agent[0] == calls.agent[2] != calls.agent[1]


def test_a_file_that_is_no_text_is_refused(tmp_path: Path):
    path = tmp_path / "calls.csv"
    path.write_bytes(HEADER.encode() + b"\n\xff\xfe\x00\x01\n")

    with pytest.raises(LogRefused, match="UTF-8"):
        read_calls(path)
