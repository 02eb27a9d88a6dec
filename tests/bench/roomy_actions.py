"""Our action server, willing to read the whole history and domain that stock Rasa sends with every call."""

from actions import server

server.MAX_BODY_BYTES = 100_000_000
create_app = server.create_app
