"""Pure rules that say why a bill is what it is. No database in here."""
