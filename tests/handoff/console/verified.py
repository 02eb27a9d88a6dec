"""Customers who have proved who they are."""

from uuid import UUID

from fastapi import FastAPI

from billing import identity
from tests.handoff.people import Customer


async def verify(app: FastAPI, customer: Customer, customer_id: UUID, now) -> None:
    await verify_conversation(app, customer.conversation_id, customer_id, now)


async def verify_conversation(app: FastAPI, conversation_id: UUID, customer_id: UUID, now) -> None:
    verification = identity.Verification(
        conversation_id=conversation_id,
        customer_id=customer_id,
        level=identity.VerificationLevel.VERIFIED,
        method=identity.VerificationMethod.SMS_CODE,
        created_at=now,
        expires_at=now + identity.VERIFICATION_LIFETIME,
    )
    async with app.state.sessions.begin() as session:
        session.add(verification)
