"""The action server: rasa-sdk's executor behind one private endpoint.

It checks a secret, and its errors repeat nothing of the request.
"""

import hmac
import json
import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionNotFoundException

from actions.base import Runtime, SaldoAction
from actions.bill_explanation import ActionExplainBill
from actions.cancellation import ActionTakeCancellation
from actions.contract_terms import ActionTellContractTerms
from actions.contracts import ActionAdvisePlan
from actions.discounts import ActionAnswerDiscountWish, ActionCheckOffer
from actions.disputes import ActionCheckCharges, ActionConfirmDispute, ActionCorrectCharges, ActionOpenDispute
from actions.handoff import (
    ActionHandleComplaint,
    ActionHandleFallback,
    ActionHandleOutOfScope,
    ActionHandleThirdParty,
    ActionRequestCallback,
    ActionRequestHandoff,
)
from actions.identity import ActionAskIdentityCustomerNumber, ActionReportCodeOutcome, ActionStartChallenge
from actions.invoices import ActionExplainBillChange, ActionListInvoices, ActionSendInvoiceCopy
from actions.moves import ActionGoBack, ActionRepeat, ActionStartOver, ActionUseInformation
from actions.options import ActionTellOptions
from actions.payment_methods import ActionExplainPaymentMethod, ActionHandOverPaymentMethod
from actions.payment_plans import ActionAgreeExtension, ActionAgreeInstalments, ActionOfferPaymentPlan
from actions.payments import ActionTellBalanceDue, ActionTellHowToPay, ActionTellPaymentStatus
from actions.plan_change import ActionChangePlan, ActionPreviewPlanChange
from actions.profile import ActionExplainDetailsChange, ActionHandOverDetails
from actions.refunds import ActionOfferRefund, ActionRequestRefund, ActionTellRefundStatus
from actions.settings import Settings, load_settings
from actions.smalltalk import ActionConfirmLanguage, ActionHandleAffirm, ActionHandleDeny, ActionSwitchLanguage
from actions.suspension import ActionTellSuspension
from billing.clock import Clock, SystemClock
from billing.db import make_engine, make_session_factory
from billing.errors import SaldoError

logger = logging.getLogger(__name__)

SECRET_HEADER = "X-Saldo-Secret"
MAX_BODY_BYTES = 1_000_000

ACTIONS: tuple[type[SaldoAction], ...] = (
    ActionAskIdentityCustomerNumber,
    ActionStartChallenge,
    ActionReportCodeOutcome,
    ActionExplainBillChange,
    ActionExplainBill,
    ActionListInvoices,
    ActionTellBalanceDue,
    ActionTellPaymentStatus,
    ActionTellHowToPay,
    ActionOfferPaymentPlan,
    ActionAgreeExtension,
    ActionAgreeInstalments,
    ActionOfferRefund,
    ActionRequestRefund,
    ActionTellRefundStatus,
    ActionExplainPaymentMethod,
    ActionHandOverPaymentMethod,
    ActionExplainDetailsChange,
    ActionHandOverDetails,
    ActionSendInvoiceCopy,
    ActionCheckCharges,
    ActionCorrectCharges,
    ActionConfirmDispute,
    ActionOpenDispute,
    ActionAdvisePlan,
    ActionAnswerDiscountWish,
    ActionPreviewPlanChange,
    ActionChangePlan,
    ActionTellOptions,
    ActionTakeCancellation,
    ActionTellContractTerms,
    ActionTellSuspension,
    ActionCheckOffer,
    ActionRequestHandoff,
    ActionRequestCallback,
    ActionHandleComplaint,
    ActionHandleThirdParty,
    ActionHandleFallback,
    ActionHandleOutOfScope,
    ActionUseInformation,
    ActionRepeat,
    ActionGoBack,
    ActionStartOver,
    ActionHandleAffirm,
    ActionHandleDeny,
    ActionSwitchLanguage,
    ActionConfirmLanguage,
)


class CallRefused(SaldoError):
    """A call that is not the bot's, or not a call at all."""

    def __init__(self, status: int, name: str) -> None:
        super().__init__(name)
        self.refused_with = status
        self.name = name


def create_app(settings: Settings | None = None, *, clock: Clock | None = None) -> FastAPI:
    """Build the server; the actions get everything they need here, and read nothing themselves."""
    settings = settings or load_settings()
    runtime = Runtime(
        sessions=make_session_factory(make_engine(settings.database_url)),
        clock=clock or SystemClock(),
        turn_secret=settings.turn_secret.get_secret_value(),
        code_pepper=settings.code_pepper.get_secret_value(),
        payment_page=settings.payment_page_url,
    )
    executor = make_executor(runtime)
    secret = settings.bot_secret.get_secret_value().encode()
    app = FastAPI(title="Saldo actions", openapi_url=None)

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.post("/webhook")
    async def webhook(request: Request) -> JSONResponse:
        if not hmac.compare_digest(request.headers.get(SECRET_HEADER, "").encode(), secret):
            return _refuse(401, "WrongSecret")
        return await _run(executor, request)

    return app


def make_executor(runtime: Runtime) -> ActionExecutor:
    executor = ActionExecutor()
    for action in ACTIONS:
        executor.register_action(action(runtime))
    return executor


async def _run(executor: ActionExecutor, request: Request) -> JSONResponse:
    """Answer with a class name at most: a body or a message could quote the customer."""
    try:
        call = await _read_call(request)
        result = await executor.run(call)
    except CallRefused as error:
        return _refuse(error.refused_with, error.name)
    except ActionNotFoundException:
        return _refuse(404, "ActionNotFound")
    except SaldoError as error:
        logger.warning("action refused: %s", type(error).__name__)
        return _refuse(error.status, type(error).__name__)
    except Exception as error:
        logger.error("action failed: %s", type(error).__name__)
        return _refuse(500, type(error).__name__)
    return JSONResponse({"events": [], "responses": []} if result is None else result.model_dump())


async def _read_call(request: Request) -> dict[str, Any]:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise CallRefused(413, "BodyTooLarge")
    try:
        call = json.loads(bytes(body))
    except ValueError:
        raise CallRefused(400, "InvalidJson") from None
    if not isinstance(call, dict) or not isinstance(call.get("tracker"), dict):
        raise CallRefused(422, "InvalidCall")
    # No action reads the domain, and the executor refuses a call without one.
    call["domain"] = {}
    return call


def _refuse(status: int, error: str) -> JSONResponse:
    return JSONResponse({"error": error}, status_code=status)
