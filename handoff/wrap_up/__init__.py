"""After the conversation: a disposition, a note, and a short time in which the agent is not offered anything."""
