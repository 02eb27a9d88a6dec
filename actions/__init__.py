"""Rasa's custom actions: each turns a dialogue step into one call of billing and one localised reply, without rules."""
