"""What can be wrong with what is said about an agent."""

from handoff.errors import HandoffError


class UnknownSkill(HandoffError):
    """The word is not written as a skill is."""

    status = 422

    def __init__(self, skill: str) -> None:
        super().__init__(skill)
        self.skill = skill
