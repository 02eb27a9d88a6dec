"""What a person may change for one customer: each does what the bot's functions do, and tells what it came to."""
