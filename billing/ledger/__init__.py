"""Money: the journal, receipts and what they are put to, credit notes, refunds."""
