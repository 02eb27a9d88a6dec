"""The file of the queues: what it says, and one clear sentence when it cannot be used."""

from pathlib import Path

import pytest

from handoff.commands.findings import Verdict
from handoff.commands.settings import OperatorSettings
from handoff.commands.settings_checkup import queues_finding
from handoff.routing.queues import FALLBACK, PACKAGED, QueuesInvalid, load_queues


@pytest.fixture
def changed(tmp_path: Path):
    """The packaged file with something replaced, or with text added at its end."""

    def write(old: str, new: str) -> Path:
        text = PACKAGED.read_text(encoding="utf-8")
        assert old in text
        file = tmp_path / "queues.yml"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        return file

    return write


def test_the_packaged_file_serves_every_topic():
    queues = load_queues()

    assert [queues.of_topic(topic).key for topic in ("bills", "payments", "contracts")] == [
        "bills",
        "payments",
        "contracts",
    ]
    assert {queues.of_topic(topic).key for topic in ("details", "identity", "other", "never heard of")} == {FALLBACK}
    assert queues["gone"].key == FALLBACK


def test_a_queue_overrides_the_defaults(changed):
    file = changed("bills: {topics: [bills],", "bills: {topics: [bills], priority: 1, wrap_up_seconds: 0,")

    queues = load_queues(file)

    assert (queues["bills"].priority, queues["bills"].wrap_up_seconds) == (1, 0)
    assert (queues["payments"].priority, queues["payments"].wrap_up_seconds) == (3, 60)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("bills: {topics: [bills],", "bills: {topics: [bills], priority: 9,", ("bills", "priority", "5")),
        ("bills: {topics: [bills],", "bills: {topics: [bills], colour: red,", ("bills", "colour")),
        ("wrap_up_seconds: 60", "wrap_up_seconds: soon", ("wrap_up_seconds", "integer")),
        ("ageing_seconds: 300", "ageing_seconds: 0", ("ageing_seconds", "1")),
        ("Europe/Berlin", "Europe/Bern", ("time_zone", "Europe/Bern")),
        ('mon: ["00:00-24:00"]', 'mon: ["9-17"]', ("hours", "9-17")),
        ('mon: ["00:00-24:00"]', 'mo: ["09:00-17:00"]', ("hours", "mon")),
        (
            "bills: {topics: [bills],",
            "bills: {topics: [bills], hours: {mon: [], tue: [], wed: [], thu: [], fri: [], sat: [], sun: []},",
            ("bills", "hours", "never open"),
        ),
        ("[0, 0]", "[30, 15]", ("relax_after_seconds",)),
        ("    voice: {percent: 80, seconds: 20}\n", "", ("promise", "voice")),
        ("payments: {topics: [payments],", "payments: {topics: [payments, bills],", ("bills", "payments")),
        ("  general: {", "  rest: {", ("general",)),
        ("queues:\n", "lines:\n", ("queues",)),
        ("queues:\n", "queues: [\n", ("YAML",)),
    ],
)
def test_what_is_wrong_is_told_with_file_field_and_reason(changed, old: str, new: str, words: tuple[str, ...]):
    file = changed(old, new)

    with pytest.raises(QueuesInvalid) as refusal:
        load_queues(file)

    sentence = str(refusal.value)
    assert all(word in sentence for word in (str(file), *words)), sentence
    assert "\n" not in sentence


def test_the_line_is_told_where_the_field_stands(changed):
    file = changed(
        "bills: {topics: [bills],", "bills:\n    topics: [bills]\n    priority: 9\n  spare: {topics: [spare],"
    )
    lines = file.read_text(encoding="utf-8").splitlines()

    with pytest.raises(QueuesInvalid) as refusal:
        load_queues(file)

    assert refusal.value.line is not None
    assert lines[refusal.value.line - 1].strip() == "priority: 9"


def test_the_doctor_reads_the_file_too(changed):
    file = changed("Europe/Berlin", "Europe/Bern")

    broken, fine = (queues_finding(OperatorSettings(queues=name)) for name in (file, PACKAGED))

    assert (broken.verdict, fine.verdict) == (Verdict.broken, Verdict.fine)
    assert "Europe/Bern" in broken.sentence


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(QueuesInvalid, match=r"nowhere\.yml: it cannot be read"):
        load_queues(tmp_path / "nowhere.yml")
