"""Questions that only a verified customer gets answered, and changes that only a plain yes brings about.

The database is asked who is there in the very transaction that answers.
"""

from abc import abstractmethod
from datetime import timedelta
from typing import Any, ClassVar

from actions.base import SaldoAction, Work
from actions.consent import is_plain_no, is_plain_yes
from actions.identity import send_code
from actions.questions import ACTION_OF_QUESTION, ASKS_FOR_A_YES, TOPIC_OF_QUESTION, Question, next_waiting
from actions.reply import Reply
from billing.accounts import get_customer
from billing.errors import SaldoError
from billing.identity import NotVerified, Verification, is_code_valid, require_verification

# Responses that ask for the number or the code.
ASKS_WHO = frozenset(
    {
        "utter_identity_ask_number",
        "utter_identity_ask_number_again",
        "utter_identity_code_sent",
        "utter_identity_code_pending",
        "utter_identity_fresh_code",
    }
)
# What may follow a list of effects; after anything else a yes may answer that.
GOES_WITH_A_CONFIRMATION = frozenset({"utter_disputes_rest_by_person", "utter_smalltalk_yes_or_no_by_number"})
# What costs money needs a code as fresh as this.
FRESH_FOR = timedelta(minutes=5)
# Which action a yes to a response starts; each ConfirmedAction enters itself.
ACTION_OF_CONFIRMATION: dict[str, str] = {}
# Which action reads the words that follow a response.
ACTION_OF_WORDS: dict[str, str] = {}


class FreshCodeNeeded(SaldoError):
    """What is wanted costs money, and the last code was given too long ago; raise it before anything is said."""

    status = 403


def require_fresh_code(work: Work, verification: Verification) -> None:
    """Raise FreshCodeNeeded unless the customer gave a code within the last minutes."""
    if work.runtime.clock.now() - verification.created_at > FRESH_FOR:
        raise FreshCodeNeeded


class SensitiveAction(SaldoAction):
    """Answers with the facts of the verified customer, or asks who is there and keeps the question."""

    intent: ClassVar[str]
    topic: ClassVar[str]
    # Responses that ask back, so that words without a wish ("in three parts") bring this action once more.
    asks_back_with: ClassVar[frozenset[str]] = frozenset()

    # Any: the keywords of a class statement, passed on as they are.
    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        for response in cls.__dict__.get("asks_back_with", ()):
            ACTION_OF_WORDS[response] = _name_of(cls)
        if "intent" in cls.__dict__:
            ACTION_OF_QUESTION[cls.intent] = _name_of(cls)
            TOPIC_OF_QUESTION[cls.intent] = cls.topic

    @abstractmethod
    def tell(self, work: Work, reply: Reply, verification: Verification) -> None:
        """Answer with facts of that customer and of nobody else."""

    def answer(self, work: Work, reply: Reply) -> None:
        question = self._question(work)
        reply.remember("handoff_topic", self.topic)
        self.keep_question(work, reply, question)
        work = work.about(question.details)
        try:
            verification = require_verification(work.session, work.conversation_id, work.runtime.clock.now())
        except NotVerified:
            _identify(work, reply, question)
            return
        if work.dialogue.is_form_active:
            reply.stop_asking()
        try:
            self.tell(work, reply, verification)
        except FreshCodeNeeded:
            _renew(work, reply, question, verification)
            return
        say_how_to_answer(work, reply)
        _go_on(work, reply, answered=question)

    def keep_question(self, work: Work, reply: Reply, question: Question) -> None:
        """Let a correction, a repetition or a step back find this question again."""
        last = work.dialogue.question
        before = work.dialogue.question_before if last and last.intent == question.intent else last
        reply.keep_asked([*([before] if before else []), question])

    def _question(self, work: Work) -> Question:
        """Return the question with the values it was asked with, also when it is answered in a later turn."""
        last = work.dialogue.question
        if work.dialogue.intent == self.intent or last is None or last.intent != self.intent:
            return Question(self.intent, work.dialogue.new_details)
        return last.corrected(work.dialogue.new_details)


class ConfirmedAction(SensitiveAction):
    """Changes something, after its effects were said and a plain yes or the button made for it followed at once.

    `confirms` is the response that says the effects and `asked_by` the action that says it; anything but a plain yes
    brings the effects once more, and so does a yes that comes too late.
    """

    confirms: ClassVar[str]
    asked_by: ClassVar[str]

    # Any: the keywords of a class statement, passed on as they are.
    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        if "confirms" in cls.__dict__:
            ACTION_OF_CONFIRMATION[cls.confirms] = _name_of(cls)
            ASKS_FOR_A_YES.add(cls.asked_by)

    def answer(self, work: Work, reply: Reply) -> None:
        asked = asked_confirmations(work)
        if self.confirms in asked and self._is_wanted(work, asked):
            super().answer(work, reply)
            return
        if self.confirms in asked:
            reply.say("utter_smalltalk_no_plain_yes")
        reply.keep_waiting(waiting for waiting in work.dialogue.waiting_questions if waiting.intent != self.intent)
        reply.go_on_with(self.asked_by)

    def keep_question(self, work: Work, reply: Reply, question: Question) -> None:
        """A yes is no question: what comes back after a correction is what was asked before it."""

    def _question(self, work: Work) -> Question:
        """Return the question that listed the effects: it comes back when the verification ran out meanwhile."""
        last = work.dialogue.question
        return last if last and last.action == self.asked_by else Question(self.intent)

    def _is_wanted(self, work: Work, asked: frozenset[str]) -> bool:
        is_asked_last = asked == {self.confirms} and _is_said_last(work, self.confirms)
        if work.dialogue.text:
            return is_asked_last and is_plain_yes(work.dialogue.text)
        return (work.dialogue.intent == "affirm" and is_asked_last) or work.dialogue.intent == self.intent


def follow_answer(work: Work, reply: Reply) -> bool:
    """Take what was not understood as an answer for one: "1" to a list of effects, words to a question of ours.

    Return whether it was one.
    """
    readers = sorted({ACTION_OF_WORDS[said] for said in work.dialogue.last_said() & ACTION_OF_WORDS.keys()})
    if not follow_yes_or_no(work, reply) and readers and work.dialogue.text and not asked_confirmations(work):
        reply.go_on_with(readers[0])
    return reply.goes_on


def follow_yes_or_no(work: Work, reply: Reply) -> bool:
    """Take a plain yes or no to a list of effects for one, whatever it was understood as."""
    text, asked = work.dialogue.text, asked_confirmations(work)
    if asked and is_plain_yes(text):
        reply.go_on_with(ACTION_OF_CONFIRMATION[min(asked)])
    elif asked and is_plain_no(text):
        reply.go_on_with("action_handle_deny")
    return reply.goes_on


def say_how_to_answer(work: Work, reply: Reply) -> None:
    """By text message nobody sees the buttons of a list of effects, and carriers take words such as YES and STOP."""
    if work.dialogue.is_text_message and not ACTION_OF_CONFIRMATION.keys().isdisjoint(reply.said):
        reply.say("utter_smalltalk_yes_or_no_by_number")


def asked_confirmations(work: Work) -> frozenset[str]:
    """Return the responses said last that wait for a yes."""
    return work.dialogue.last_said() & ACTION_OF_CONFIRMATION.keys()


def _is_said_last(work: Work, response: str) -> bool:
    said = [name for name in work.dialogue.last_said_in_order() if name not in GOES_WITH_A_CONFIRMATION]
    return said[-1:] == [response]


def _go_on(work: Work, reply: Reply, *, answered: Question) -> None:
    """Answer what was asked in the same breath, or listen; what goes to a person takes the rest along."""
    waiting = [question for question in work.dialogue.waiting_questions if question.intent != answered.intent]
    if reply.is_handed_over:
        waiting = []
    elif waiting and not reply.goes_on:
        following = next_waiting(waiting)
        reply.keep_asked([answered, following])
        reply.go_on_with(ACTION_OF_QUESTION[following.intent])
    reply.keep_waiting(waiting)
    if not reply.goes_on:
        reply.listen()


def _identify(work: Work, reply: Reply, question: Question) -> None:
    """Take a number that is at hand; otherwise ask for the code that is on its way, or for the number."""
    others = [waiting for waiting in work.dialogue.waiting_questions if waiting.intent != question.intent]
    reply.keep_waiting([*others, question])
    is_code_expected = is_code_valid(work.session, work.conversation_id, work.runtime.clock.now())
    if _has_just_asked(work):
        reply.listen()
    elif work.dialogue.has_new_customer_number or (work.dialogue.customer_number and not is_code_expected):
        reply.go_on_with("action_start_challenge")
    elif is_code_expected:
        reply.say("utter_identity_code_pending")
        reply.listen()
    else:
        reply.go_on_with("identity_form")


def _has_just_asked(work: Work) -> bool:
    """Say whether the first wish of the same message has asked who is there."""
    return work.dialogue.is_second_wish and not ASKS_WHO.isdisjoint(work.dialogue.last_said())


def _renew(work: Work, reply: Reply, question: Question, verification: Verification) -> None:
    """Ask for another code although somebody is verified; the question waits for it."""
    others = [waiting for waiting in work.dialogue.waiting_questions if waiting.intent != question.intent]
    reply.keep_waiting([*others, question])
    if not is_code_valid(work.session, work.conversation_id, work.runtime.clock.now()):
        reply.say("utter_identity_fresh_code")
        send_code(work, reply, get_customer(work.session, verification.customer_id).number)
    else:
        reply.say("utter_identity_code_pending")
    reply.listen()


def _name_of(action: type[SensitiveAction]) -> str:
    # A name reads nothing of its instance, which exists only later.
    return action.name(action)  # type: ignore[arg-type]  # no name() reads its instance
