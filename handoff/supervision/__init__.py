"""The supervisor's board: reads what happened, changes limits and assignments. Others only raise alarms here."""
