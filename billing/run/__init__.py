"""The billing run: drafts, safety bounds, numbers, parked bills."""
