"""Loads accounts for the audit: the same few queries for one customer or for fifty."""
