"""Reports of usage on their way in, and usage that was reported late."""
