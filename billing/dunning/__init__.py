"""Reminders of unpaid invoices and what a late payment costs; agreements to pay later or in parts."""
