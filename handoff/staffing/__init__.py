"""How many people are needed, and what a log of contacts says about waits."""
