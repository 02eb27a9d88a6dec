"""The people who answer: how they sign in, and whether they take conversations just now."""
