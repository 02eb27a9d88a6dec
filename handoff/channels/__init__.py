"""Ways to a customer beside the website, one folder for each carrier."""
