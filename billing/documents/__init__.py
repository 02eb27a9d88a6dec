"""Invoices and credit notes as PDF, with a payment reference and a code for banking apps."""
