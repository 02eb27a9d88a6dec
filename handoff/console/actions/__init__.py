"""What an agent does for a customer: within their authority at once, above it after another supervisor's consent."""
