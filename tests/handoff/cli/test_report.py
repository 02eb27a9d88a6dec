"""What `saldo up` prints when everything is ready."""

import pytest

from handoff.commands.settings import OperatorSettings
from handoff.processes.report import print_ready


@pytest.mark.parametrize("page", ["/", "/console", "/board", "/health"])
def test_every_page_for_a_person_is_named(capsys: pytest.CaptureFixture[str], page: str) -> None:
    print_ready(OperatorSettings(port=9000), [])

    assert f"http://127.0.0.1:9000{page}" in capsys.readouterr().out.split()
