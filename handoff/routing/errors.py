"""Why an agent cannot have a conversation."""

from handoff.errors import HandoffError


class AlreadyTaken(HandoffError):
    """Somebody was faster; `agent_name` has the conversation now."""

    status = 409

    def __init__(self, agent_name: str) -> None:
        super().__init__(f"taken by {agent_name}")
        self.agent_name = agent_name


class NotWaiting(HandoffError):
    """The customer waits no longer: back with the assistant, closed, or never in line."""

    status = 409


class NoRoom(HandoffError):
    """One more would be over the agent's limit."""

    status = 409

    def __init__(self, agent_name: str) -> None:
        super().__init__(f"{agent_name} has no room")
        self.agent_name = agent_name


class AgentNotThere(HandoffError):
    """Nobody is given a conversation while signed out."""

    status = 409

    def __init__(self, agent_name: str) -> None:
        super().__init__(f"{agent_name} is offline")
        self.agent_name = agent_name


class LanguageNotSpoken(HandoffError):
    """The customer could not be understood; a supervisor may decide that it is better than nobody."""

    status = 409

    def __init__(self, agent_name: str, language: str) -> None:
        super().__init__(f"{agent_name} does not speak {language}")
        self.agent_name = agent_name
        self.language = language


class SkillMissing(HandoffError):
    """The queue requires a skill that the agent does not have; nobody may decide otherwise."""

    status = 409

    def __init__(self, agent_name: str, skill: str) -> None:
        super().__init__(f"{agent_name} lacks {skill}")
        self.agent_name = agent_name
        self.skill = skill


class ReopeningOver(HandoffError):
    """The conversation is not closed, no person ever had it, or it ended too long ago."""

    status = 409
