"""Pure rules that judge what was billed against contract and law. No database in here."""
