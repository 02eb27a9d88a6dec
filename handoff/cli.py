"""The command `saldo`."""

import typer

from handoff.commands import (
    agents,
    audit,
    billing,
    database,
    demo,
    disputes,
    doctor,
    dunning,
    exchange,
    explain,
    nlu,
    outbox,
    queue,
    receipts,
    refunds,
    tasks,
    up,
    usage,
)

app = typer.Typer(
    name="saldo",
    help="Runs and looks after one installation of Saldo, the support desk for questions about a bill.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
app.command("up")(up.up)
app.command("doctor")(doctor.doctor)
app.command("audit")(audit.audit_command)
app.command("explain")(explain.explain_command)
app.add_typer(database.app, name="db")
app.add_typer(demo.app, name="demo")
app.add_typer(billing.app, name="billing")
app.add_typer(dunning.app, name="dunning")
app.add_typer(disputes.app, name="disputes")
app.add_typer(receipts.app, name="receipts")
app.add_typer(usage.app, name="usage")
app.add_typer(refunds.app, name="refunds")
app.add_typer(tasks.app, name="tasks")
app.add_typer(outbox.app, name="outbox")
app.add_typer(queue.app, name="queue")
app.command("import")(exchange.import_command)
app.command("export")(exchange.export_command)
app.add_typer(agents.app, name="agents")
app.add_typer(nlu.app, name="nlu")
