"""What must be true before anything starts, each failing with one sentence that says what to do."""

from handoff.commands.findings import Verdict
from handoff.commands.settings import OperatorSettings
from handoff.commands.settings_checkup import authority_finding, payment_page_finding, queues_finding
from handoff.processes.plan import BOT_PYTHON, name_of_bot
from handoff.processes.ports import find_holder, is_free

PAGES = ("widget.js", "console/index.html", "board/index.html", "demo/index.html")


class CannotStart(Exception):
    """The installation cannot start; the message is one sentence for the person at the terminal."""


def check_can_start(settings: OperatorSettings) -> None:
    for name, variable, port in named_ports(settings):
        check_port(name, variable, port)
    if not BOT_PYTHON.exists():
        raise CannotStart(f"The bot's environment is missing ({BOT_PYTHON.parents[1].name}); run `make install`.")
    if not settings.model_file.exists():
        raise CannotStart(f"There is no trained model at {settings.model_file}; run `make train`.")
    check_settings(settings)
    if missing_pages(settings):
        raise CannotStart("The web front end has not been built; `make run` builds it.")


def check_settings(settings: OperatorSettings) -> None:
    """Refuse what a service would die of as soon as it starts, again and again."""
    for finding in (queues_finding(settings), authority_finding(settings), payment_page_finding(settings)):
        if finding.verdict is Verdict.broken:
            raise CannotStart(finding.sentence)


def missing_pages(settings: OperatorSettings) -> list[str]:
    return [page for page in PAGES if not (settings.web_folder / page).exists()]


def named_ports(settings: OperatorSettings) -> tuple[tuple[str, str, int], ...]:
    return (
        ("handoff", "SALDO_PORT", settings.port),
        *((name_of_bot(place), "SALDO_BOT_PORT", port) for place, port in enumerate(settings.bot_ports)),
        ("actions", "SALDO_ACTIONS_PORT", settings.actions_port),
    )


def check_port(name: str, variable: str, port: int) -> None:
    if is_free(port):
        return
    raise CannotStart(
        f"Port {port} for {name} is held by {describe_holder(port)}; end that process or set {variable} to a free port."
    )


def describe_holder(port: int) -> str:
    holder = find_holder(port)
    return f"{holder.name} (process {holder.pid})" if holder else "another process"
