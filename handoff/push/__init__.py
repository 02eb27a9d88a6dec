"""Push messages: an offer reaches the locked phone of an agent, whom the phone's answer keeps present."""
