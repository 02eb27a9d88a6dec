"""Benchmarks: scripts that print figures, not tests that could fail on a busy machine."""
