"""What goes wrong is logged with its places; a busy database is no mistake and takes one line."""

import logging
import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from handoff.failure_log import log_failure

log = logging.getLogger(__name__)


def busy() -> OperationalError:
    cause = sqlite3.OperationalError("database is locked")
    cause.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return OperationalError("BEGIN IMMEDIATE", None, cause)


def test_a_busy_database_takes_one_line(caplog: pytest.LogCaptureFixture):
    log_failure(log, busy(), "step %s stumbled", 7)

    [record] = caplog.records
    assert (record.levelname, record.getMessage()) == ("WARNING", "step 7 stumbled: the database is busy")


def test_a_mistake_is_logged_with_its_place_and_without_its_words(caplog: pytest.LogCaptureFixture):
    words = "what a customer wrote"
    try:
        raise ValueError(words)
    except ValueError as error:
        log_failure(log, error, "step %s stumbled", 7)

    text = caplog.text
    assert "step 7 stumbled: ValueError" in text
    assert "test_failure_log.py" in text
    assert words not in text
