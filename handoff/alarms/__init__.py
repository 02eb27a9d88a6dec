"""Alarms: what a supervisor should see now. Whoever sees the reason raises one; the board shows them."""
