"""What an agent may change for the customer, within their authority."""

from fastapi import APIRouter

router = APIRouter()
