"""Which services run, by which command, and the only environment that each may see."""

from collections.abc import Mapping

from handoff.commands.settings import ROOT, OperatorSettings
from handoff.processes.service import Service

MAIN_PYTHON = ROOT / ".venv" / "bin" / "python"
BOT_PYTHON = ROOT / ".venv-bot" / "bin" / "python"
SYSTEM_NAMES = ("PATH", "HOME", "USER", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "SSL_CERT_FILE", "CI")
LARGEST_FRAME_BYTES = 262_144
SHUTDOWN_SECONDS = 5
KEEP_ALIVE_SECONDS = 75
SECRET_HEADER = "X-Saldo-Secret"


def plan_services(
    settings: OperatorSettings, inherited: Mapping[str, str], secrets: Mapping[str, str]
) -> dict[str, Service]:
    system = system_environment(inherited)
    secret = {SECRET_HEADER: secrets["SALDO_BOT_SECRET"]}
    bots = [
        Service(
            name_of_bot(place),
            _bot_command(settings, port),
            system | _bot_environment(settings, secrets),
            f"{bot_url(port)}/webhooks/saldo/health",
            secret,
        )
        for place, port in enumerate(settings.bot_ports)
    ]
    actions = Service(
        "actions",
        _uvicorn("actions.server:create_app", settings.actions_port),
        system | _actions_environment(settings, inherited, secrets),
        f"{settings.actions_url}/health",
        secret,
    )
    handoff = Service(
        "handoff",
        _uvicorn("handoff.app:build", settings.port),
        system | _handoff_environment(settings, inherited, secrets),
        f"{settings.handoff_url}/health",
        {},
    )
    return {service.name: service for service in (handoff, *bots, actions)}


def system_environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """Return what any process needs of its surroundings, and nothing of Saldo's own settings."""
    return _named(inherited, *SYSTEM_NAMES) | {
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


def _named(inherited: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: inherited[name] for name in names if name in inherited}


def name_of_bot(place: int) -> str:
    return "bot" if place == 0 else f"bot-{place + 1}"


def bot_url(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _bot_command(settings: OperatorSettings, port: int) -> tuple[str, ...]:
    address = ("--interface", "127.0.0.1", "--port", str(port))
    return (str(BOT_PYTHON), "-m", "bot", "serve", "--model", str(settings.model_file), *address)


def _uvicorn(factory: str, port: int) -> tuple[str, ...]:
    address = ("--host", "127.0.0.1", "--port", str(port))
    limits = ("--ws-max-size", str(LARGEST_FRAME_BYTES), "--timeout-graceful-shutdown", str(SHUTDOWN_SECONDS))
    # Longer than the bot keeps an unused line to the actions: whoever may send next must be the one to hang up.
    patience = ("--timeout-keep-alive", str(KEEP_ALIVE_SECONDS))
    return (str(MAIN_PYTHON), "-m", "uvicorn", factory, "--factory", *address, *limits, *patience, "--no-access-log")


def _bot_environment(settings: OperatorSettings, secrets: Mapping[str, str]) -> dict[str, str]:
    """No database, no turn secret: the bot can neither read a bill nor mint a turn."""
    return {
        "SALDO_BOT_SECRET": secrets["SALDO_BOT_SECRET"],
        "SALDO_ACTIONS_URL": settings.actions_url,
        "RASA_TELEMETRY_ENABLED": "false",
    }


def _actions_environment(
    settings: OperatorSettings, inherited: Mapping[str, str], secrets: Mapping[str, str]
) -> dict[str, str]:
    names = ("SALDO_BOT_SECRET", "SALDO_TURN_SECRET", "SALDO_CODE_PEPPER")
    page = _named(inherited, "SALDO_PAYMENT_PAGE_URL")
    return page | {"SALDO_DATABASE_URL": settings.database} | {name: secrets[name] for name in names}


def _handoff_environment(
    settings: OperatorSettings, inherited: Mapping[str, str], secrets: Mapping[str, str]
) -> dict[str, str]:
    own = {name: value for name, value in inherited.items() if name.startswith("SALDO_")}
    return {
        **own,
        **secrets,
        "SALDO_VAR": str(settings.var_folder),
        "SALDO_DATABASE_URL": settings.database,
        "SALDO_BOT_URLS": ",".join(bot_url(port) for port in settings.bot_ports),
        "SALDO_ACTIONS_URL": settings.actions_url,
        "SALDO_PORT": str(settings.port),
        "SALDO_PUBLIC_URL": settings.public_url or settings.handoff_url,
        "SALDO_DEMO": "true" if settings.is_demo else "false",
    }
