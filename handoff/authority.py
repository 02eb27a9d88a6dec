"""How much goodwill an agent may give alone, and how much with a second pair of eyes: authority.yml."""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from billing.money import Money
from handoff.agents.models import Role

PACKAGED: Final = Path(__file__).with_name("authority.yml")


class AuthorityInvalid(SystemExit):
    """The file cannot be read as limits; the process stops with one sentence that says where."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Limit(_Part):
    """`once`: in one go. `period`: to one customer within the days that count. Both in minor units."""

    once: int = Field(ge=0)
    period: int = Field(ge=0)

    def left(self, given_minor: int) -> int:
        """Return how much may be given now to a customer who was given this much."""
        return max(0, min(self.once, self.period - given_minor))


class Limits(_Part):
    """The limits of one currency; who decides together may never give less than who decides alone."""

    agent: Limit
    supervisor: Limit
    approved: Limit

    @model_validator(mode="after")
    def _grow(self) -> "Limits":
        for lower, higher in pairwise((self.agent, self.supervisor, self.approved)):
            if lower.once > higher.once or lower.period > higher.period:
                raise ValueError("agent, supervisor and approved must not fall")
        return self

    def of(self, role: Role) -> Limit:
        return self.supervisor if role is Role.SUPERVISOR else self.agent


_NOTHING: Final = Limit(once=0, period=0)
_NONE: Final = Limits(agent=_NOTHING, supervisor=_NOTHING, approved=_NOTHING)


class Authority(_Part):
    """What authority.yml says. A currency that it does not name has no goodwill."""

    period_days: int = Field(ge=1, le=366)
    approval_hours: int = Field(ge=1, le=24 * 14)
    goodwill: Mapping[str, Limits]

    def alone(self, role: Role, given: Money) -> Money:
        """Return what somebody of that role may still give alone to a customer who was given so much."""
        return Money(self._of(given).of(role).left(given.minor), given.currency)

    def approved(self, given: Money) -> Money:
        """Return what may still be given with an approval."""
        return Money(self._of(given).approved.left(given.minor), given.currency)

    def _of(self, given: Money) -> Limits:
        return self.goodwill.get(given.currency, _NONE)


def load_authority(path: Path) -> Authority:
    try:
        return Authority.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise AuthorityInvalid(f"{path}: {where}: {first['msg']}") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise AuthorityInvalid(f"{path}: it cannot be read ({type(error).__name__})") from None
