"""The public edge of Saldo: conversations, the queue to people, the agents' console and every channel."""
