"""The supervisor's board: reads what happened, changes limits and assignments. Nobody imports it but the app."""
