"""Logs an unexpected failure with where it happened but without its message, which may quote what a customer wrote."""

import logging
import traceback

from sqlalchemy.exc import OperationalError

from billing.db import is_busy


def log_failure(log: logging.Logger, error: BaseException, what: str, *ids: object) -> None:
    """`what` and `ids` are a logging format and its values; the failure adds its classes and its places.

    A busy database is no mistake of ours: one line says it.
    """
    if isinstance(error, OperationalError) and is_busy(error):
        log.warning(f"{what}: the database is busy", *ids)
        return
    causes = [error]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None and cause not in causes:
        causes.append(cause)
    names = " from ".join(type(cause).__name__ for cause in causes)
    places = "".join(traceback.format_tb(error.__traceback__))
    log.error(f"{what}: %s\n%s", *ids, names, places.rstrip())
