"""One queue of waiting conversations and the offers that bring each to a free agent."""
