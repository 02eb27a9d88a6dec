"""Twilio's edge: text messages and phone calls, on the same path as the website's chat."""
