"""Runs all services of one installation on one machine: what `saldo up` does."""
