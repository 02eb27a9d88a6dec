"""A crowd in front of the application."""

import pytest
from fastapi import FastAPI

from tests.handoff.routing.crowd import Crowd


@pytest.fixture
def crowd(app: FastAPI) -> Crowd:
    return Crowd(app)
