"""Pure rules that turn a contract, its usage and prices into lines. No database in here."""
