"""A callback keeps the place in line: asked for, tried up to three times, live again at any moment."""
