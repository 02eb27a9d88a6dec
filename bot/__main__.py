"""`python -m bot …` is `rasa …`, started without the heavy libraries that our pipeline never uses.

`python -m bot serve` starts the server itself, without reading Rasa's whole command line first.
"""

import importlib
import sys

from bot import lean_imports
from bot.settings import quieten_libraries

quieten_libraries()
lean_imports.install()

if __name__ == "__main__":
    importlib.import_module("bot.serve" if sys.argv[1:2] == ["serve"] else "rasa.__main__").main()
