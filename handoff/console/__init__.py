"""The agent's screen: what is offered, what is open, what was said and tried, and who the customer is."""
