"""Prints the documents that letters take along: read in a short transaction, laid out on a thread of its own."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy.orm import Session

from billing.documents import DocumentNotFound, load_credit_note, load_invoice, print_document
from billing.documents.facts import CreditNoteDocument, InvoiceDocument
from billing.outbox import CREDIT_NOTE, Attachment
from handoff.db import Sessions, reading
from handoff.email_carrier import LetterRefused, PrintedDocument


class DocumentPrinter:
    """Two threads: the layout keeps a core busy, and the event loop must answer customers meanwhile."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="printer")

    async def print(self, attachment: Attachment) -> PrintedDocument:
        """Raise LetterRefused for a document that does not exist."""
        try:
            async with reading(self._sessions) as session:
                facts = await session.run_sync(load_document, attachment)
        except DocumentNotFound as missing:
            raise LetterRefused("document_missing") from missing
        pdf = await asyncio.get_running_loop().run_in_executor(self._threads, print_document, facts)
        return PrintedDocument(f"{file_stem(facts)}.pdf", pdf)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def load_document(session: Session, attachment: Attachment) -> InvoiceDocument | CreditNoteDocument:
    if attachment.document == CREDIT_NOTE:
        return load_credit_note(session, attachment.id)
    return load_invoice(session, attachment.id)


def file_stem(facts: InvoiceDocument | CreditNoteDocument) -> str:
    number = facts.invoice.number if isinstance(facts, InvoiceDocument) else facts.note.number
    return "".join(character if character.isalnum() or character in "-_." else "_" for character in number)
