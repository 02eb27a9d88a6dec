"""The wrap-up's addresses."""

from fastapi import APIRouter

router = APIRouter()
