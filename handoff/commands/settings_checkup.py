"""Examines settings and the files that they name: what `saldo doctor` says of them, and what `saldo up` refuses."""

from billing.delivery import PaymentPageInvalid, payment_link
from billing.money import Money
from handoff.authority import PACKAGED as PACKAGED_AUTHORITY
from handoff.authority import AuthorityInvalid, load_authority
from handoff.commands.findings import Finding, broken, fine, note
from handoff.commands.settings import ROOT, OperatorSettings
from handoff.routing.queues import PACKAGED, QueuesInvalid, load_queues


def queues_finding(settings: OperatorSettings) -> Finding:
    try:
        keys = [queue.key for queue in load_queues(ROOT / (settings.queues or PACKAGED))]
    except QueuesInvalid as error:
        return broken("Queues", f"{error}.")
    return fine("Queues", f"{', '.join(keys)}.")


def authority_finding(settings: OperatorSettings) -> Finding:
    try:
        load_authority(ROOT / (settings.authority or PACKAGED_AUTHORITY))
    except AuthorityInvalid as error:
        return broken("Authority", f"{error}.")
    return fine("Authority", "What agents may give is written down.")


def payment_page_finding(settings: OperatorSettings) -> Finding:
    part = "Payment page"
    if settings.payment_page_url is None:
        return note(part, "Not configured: customers get the account and the reference to pay to, but no link.")
    try:
        payment_link(settings.payment_page_url, invoice_number="1", reference="1", amount=Money(1, "EUR"))
    except PaymentPageInvalid as problem:
        return broken(part, f"SALDO_PAYMENT_PAGE_URL cannot be used: {problem}.")
    return fine(part, "Configured.")


def twilio_finding(settings: OperatorSettings) -> Finding:
    named = {
        "SALDO_TWILIO_ACCOUNT_SID": settings.twilio_account_sid,
        "SALDO_TWILIO_AUTH_TOKEN": settings.twilio_auth_token,
        "SALDO_TWILIO_NUMBER": settings.twilio_number,
    }
    missing = [name for name, value in named.items() if not value]
    if len(missing) == len(named):
        return note("Twilio", "Not configured: text messages and phone calls are off.")
    if missing:
        return broken("Twilio", f"{', '.join(missing)} missing; set all three variables or none.")
    if not (settings.public_url or "").startswith("https://"):
        return broken("Twilio", "SALDO_PUBLIC_URL must be the https address under which Twilio reaches this machine.")
    return fine("Twilio", "Configured.")


def mail_finding(settings: OperatorSettings) -> Finding:
    part = "Mail server"
    if settings.smtp_host and settings.mail_from:
        return fine(part, "Configured.")
    if settings.is_demo:
        return note(part, "Not needed: the demo shows its letters on its own page.")
    named = {"SALDO_SMTP_HOST": settings.smtp_host, "SALDO_MAIL_FROM": settings.mail_from}
    missing = " and ".join(name for name, value in named.items() if not value)
    return note(part, f"No letters go out, they stay in the outbox; set {missing}.")
