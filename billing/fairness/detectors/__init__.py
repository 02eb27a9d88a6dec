"""The detectors A1 to A24, grouped by what they look at. Each makes claims; every wrong cent is claimed once."""
