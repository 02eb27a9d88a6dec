"""What rating needs, loaded for many customers at once."""
