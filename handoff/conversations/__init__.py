"""Conversations and their messages: who may speak, what was said, in which order, and what the bot made of it."""
