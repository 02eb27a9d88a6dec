"""A callback keeps the place in line: asked for, tried again up to three times, live again at any moment."""
