"""A taken port is told with the process that holds it."""

import os
import socket
from collections.abc import Iterator

import psutil
import pytest

from handoff.processes.ports import find_holder, is_free
from handoff.processes.preflight import CannotStart, check_port


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_free_port_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    assert is_free(port)
    check_port("handoff", "SALDO_PORT", port)


def test_the_holder_of_a_taken_port_is_found(taken_port: int) -> None:
    holder = find_holder(taken_port)

    assert not is_free(taken_port)
    assert holder is not None
    assert (holder.pid, holder.name) == (os.getpid(), psutil.Process().name())


def test_a_taken_port_stops_the_start_with_one_sentence_that_says_what_to_do(taken_port: int) -> None:
    with pytest.raises(CannotStart) as problem:
        check_port("handoff", "SALDO_PORT", taken_port)

    sentence = str(problem.value)
    assert str(taken_port) in sentence
    assert str(os.getpid()) in sentence
    assert "SALDO_PORT" in sentence
    assert sentence.count(".") == 1
