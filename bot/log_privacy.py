"""A log filter: nothing that a customer wrote, no amount and no number leaves this process through its log."""

import logging

OUR_LOGGERS = ("bot",)
# Libraries may say these things in full: they speak of start and stop, before and after any customer.
LIFECYCLE_LOGGERS = ("root", "sanic", "rasa.core.processor")


class NoText(logging.Filter):
    """Keeps our own sentences and start-up messages whole; of everything else it leaves the place in the code."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[0] is not None:
            record.msg = f"{record.exc_info[0].__name__} at {record.filename}:{record.lineno}"
            record.args = ()
            record.exc_info = record.exc_text = None
        elif not self._may_speak(record):
            record.msg, record.args = f"message at {record.filename}:{record.lineno}", ()
        record.stack_info = None
        return True

    @staticmethod
    def _may_speak(record: logging.LogRecord) -> bool:
        allowed = OUR_LOGGERS + (LIFECYCLE_LOGGERS if record.levelno <= logging.INFO else ())
        return any(record.name == name or record.name.startswith(f"{name}.") for name in allowed)
