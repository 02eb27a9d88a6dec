"""The board's addresses."""

from fastapi import APIRouter

router = APIRouter()
