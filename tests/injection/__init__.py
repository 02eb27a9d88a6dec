"""Measures the fairness audit: accounts built and spoiled by SQL, with expectations that only this package computes.

Nothing in here but `measure` knows the code that is measured; sums are made with the arithmetic of `arithmetic`.
"""
