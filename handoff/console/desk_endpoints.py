"""Notes, canned replies, transfer, take and return to the assistant."""

from fastapi import APIRouter

router = APIRouter()
