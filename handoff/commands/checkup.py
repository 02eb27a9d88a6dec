"""The examinations of `saldo doctor`: each looks at one part and says in a sentence what it found and what to do."""

import shutil
import subprocess
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import httpx
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError

from billing.clock import SystemClock
from billing.law import Law, law_of
from billing.migrations import make_config
from billing.missing_law import missing_interest_rates
from handoff.commands.findings import Finding, broken, fine, note
from handoff.commands.settings import ROOT, OperatorSettings
from handoff.commands.settings_checkup import (
    authority_finding,
    mail_finding,
    payment_page_finding,
    queues_finding,
    twilio_finding,
)
from handoff.processes.plan import BOT_PYTHON, MAIN_PYTHON, plan_services
from handoff.processes.ports import is_free
from handoff.processes.preflight import describe_holder, missing_pages, named_ports
from handoff.processes.secrets import FILE_NAME, MAKERS, is_private, read_secrets

UV = MAIN_PYTHON.with_name("uv")
PATIENCE_SECONDS = 20.0
HEALTH_SECONDS = 3.0
MODEL_INPUTS = ("config.yml", "data/**/*.yml", "bot/domain/**/*.yml", "bot/nlu/**/*.py", "bot/nlu/**/*.yml")
COUNTRIES = ("DE", "FI")


def examine(settings: OperatorSettings, environment: Mapping[str, str]) -> list[Finding]:
    return [
        _python_of("Main environment", MAIN_PYTHON, "import fastapi, sqlalchemy, twilio", (3, 11)),
        _bot_environment(),
        model_finding(settings),
        _database(settings),
        _secrets(settings, environment),
        queues_finding(settings),
        authority_finding(settings),
        web_finding(settings),
        *_services(settings, environment),
        twilio_finding(settings),
        payment_page_finding(settings),
        mail_finding(settings),
        *law_findings(map(law_of, COUNTRIES), SystemClock().now().date()),
    ]


def _bot_environment() -> Finding:
    part = "Bot environment"
    if not BOT_PYTHON.exists() and not _has_python_310():
        return broken(part, "There is no Python 3.10, which the bot needs; install it, then run `make install`.")
    return _python_of(part, BOT_PYTHON, "from importlib.metadata import version; version('rasa')", (3, 10))


def _has_python_310() -> bool:
    if not UV.exists():
        return shutil.which("python3.10") is not None
    find = [str(UV), "python", "find", "3.10", "--no-python-downloads"]
    return subprocess.run(find, capture_output=True, timeout=PATIENCE_SECONDS, check=False).returncode == 0


def _python_of(part: str, python: Path, imports: str, oldest: tuple[int, int]) -> Finding:
    wanted = ".".join(map(str, oldest))
    if not python.exists():
        return broken(part, f"{python.parents[1].name} is missing; `make install` makes it and needs Python {wanted}.")
    program = f"import sys; {imports}; print('%d.%d' % sys.version_info[:2])"
    answer = subprocess.run(
        [str(python), "-c", program], capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False, cwd=ROOT
    )
    if answer.returncode != 0:
        return broken(part, f"{python.parents[1].name} is incomplete; run `make install`.")
    found = answer.stdout.strip()
    if tuple(map(int, found.split("."))) < oldest or (oldest == (3, 10) and found != wanted):
        return broken(part, f"It runs Python {found}, but needs {wanted}; delete it and run `make install`.")
    return fine(part, f"Python {found}, complete.")


def model_finding(settings: OperatorSettings) -> Finding:
    part = "Trained bot"
    if not settings.model_file.exists():
        return broken(part, f"There is no model at {settings.model_file}; run `make train`.")
    trained = settings.model_file.stat().st_mtime
    newer = [path for path in _model_inputs() if path.stat().st_mtime > trained]
    if newer:
        return broken(part, f"{newer[0].relative_to(ROOT)} is newer than the model; run `make train`.")
    return fine(part, "Trained from the present inputs.")


def _model_inputs() -> Iterable[Path]:
    return (path for pattern in MODEL_INPUTS for path in sorted(ROOT.glob(pattern)))


def _database(settings: OperatorSettings) -> Finding:
    part = "Database"
    newest = ScriptDirectory.from_config(make_config(settings.database)).get_current_head()
    if settings.database.startswith("sqlite") and not _sqlite_file(settings).exists():
        return note(part, "It does not exist yet; `saldo up` or `saldo db upgrade` makes it.")
    try:
        engine = create_engine(settings.database)
        with engine.connect() as connection:
            present = MigrationContext.configure(connection).get_current_revision()
        engine.dispose()
    except SQLAlchemyError as error:
        return broken(part, f"It cannot be reached ({type(error).__name__}); check SALDO_DATABASE_URL and the server.")
    if present != newest:
        return broken(part, f"It is at version {present}, the code needs {newest}; run `saldo db upgrade`.")
    return fine(part, f"Reachable, at version {present}.")


def _sqlite_file(settings: OperatorSettings) -> Path:
    return ROOT / settings.database.split("///", 1)[1]


def _secrets(settings: OperatorSettings, environment: Mapping[str, str]) -> Finding:
    part = "Secrets"
    path = settings.var_folder / FILE_NAME
    kept = read_secrets(settings.var_folder)
    missing = [name for name in MAKERS if not environment.get(name) and name not in kept]
    if len(missing) == len(MAKERS):
        return note(part, f"Not made yet; `saldo up` makes them in {path} when it first runs.")
    if missing:
        return broken(part, f"{', '.join(missing)} missing; `saldo up` makes what is missing in {path}.")
    if path.exists() and not is_private(settings.var_folder):
        return broken(part, f"Others can read {path}; run `chmod 600 {path}`.")
    return fine(part, "Complete, and only you can read them.")


def web_finding(settings: OperatorSettings) -> Finding:
    missing = missing_pages(settings)
    if missing:
        return broken("Web front end", f"{', '.join(missing)} missing; `make run` builds the pages.")
    return fine("Web front end", "Built.")


def _services(settings: OperatorSettings, environment: Mapping[str, str]) -> Iterable[Finding]:
    known = read_secrets(settings.var_folder) | {name: environment[name] for name in MAKERS if environment.get(name)}
    secrets = {name: known.get(name, "") for name in MAKERS}
    services = plan_services(settings, environment, secrets)
    for name, variable, port in named_ports(settings):
        part = f"{name} on port {port}"
        if is_free(port):
            yield note(part, "Not running; the port is free.")
            continue
        service = services[name]
        if _answers(service.health_url, service.health_headers):
            yield fine(part, "Running and well.")
        else:
            holder = describe_holder(port)
            yield broken(part, f"Held by {holder}, which does not answer as {name}; end it or set {variable}.")


def _answers(url: str, headers: Mapping[str, str]) -> bool:
    try:
        response = httpx.get(url, headers=dict(headers), timeout=HEALTH_SECONDS, trust_env=False)
    except httpx.HTTPError:
        return False
    return response.status_code == httpx.codes.OK


def law_findings(laws: Iterable[Law], today: date) -> Iterable[Finding]:
    for law in laws:
        part = f"Law of {law.country}"
        missing = " and ".join(missing_interest_rates(law, today))
        if missing:
            file = f"billing/fairness/laws/{law.country.lower()}.yml"
            yield note(
                part, f"No rate of late interest for {missing}; until somebody adds it to {file}, people decide."
            )
        else:
            yield fine(part, "The rates of late interest are known.")
