"""What consoles see of a wrap-up and send to finish it."""

from pydantic import BaseModel, Field

from handoff.conversations.service import MAX_LENGTH
from handoff.wrap_up.dispositions import Disposition


class WrapUpIn(BaseModel):
    """Without a disposition the wrap-up is skipped."""

    disposition: Disposition | None = None
    note: str | None = Field(default=None, max_length=MAX_LENGTH)
