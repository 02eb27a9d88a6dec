"""Questions that only a verified customer gets answered. The database is asked in the very transaction that answers."""

from abc import abstractmethod
from typing import ClassVar

from actions.base import SaldoAction, Work
from actions.reply import Reply
from billing.identity import NotVerified, Verification, is_code_valid, require_verification


class SensitiveAction(SaldoAction):
    """Answers with the facts of the verified customer, or asks who is there and keeps the question."""

    intent: ClassVar[str]
    topic: ClassVar[str]

    @abstractmethod
    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        """Answer with facts of that customer and of nobody else."""

    def answer(self, work: Work, reply: Reply) -> None:
        reply.remember("handoff_topic", self.topic)
        try:
            verification = require_verification(work.session, work.conversation_id, work.runtime.clock.now())
        except NotVerified:
            self._identify(work, reply)
            return
        reply.remember("identity_waiting_question", None)
        if work.dialogue.is_form_active:
            reply.stop_asking()
        self.tell(work, reply, verification)
        reply.listen()

    def _identify(self, work: Work, reply: Reply) -> None:
        """Take a number that is at hand; otherwise ask for the code that is on its way, or for the number."""
        reply.remember("identity_waiting_question", self.intent)
        is_code_expected = is_code_valid(work.session, work.conversation_id, work.runtime.clock.now())
        if work.dialogue.has_new_customer_number or (work.dialogue.customer_number and not is_code_expected):
            reply.go_on_with("action_start_challenge")
        elif is_code_expected:
            reply.say("utter_identity_code_pending")
            reply.listen()
        else:
            reply.go_on_with("identity_form")
