"""The `awards` command."""

import gc

# Importing makes what lives for ever: to look for garbage in it, again and again, is a tenth of the start.
gc.disable()
from awards.cli import main  # noqa: E402 - after the line above, which is about it

gc.enable()

if __name__ == "__main__":
    raise SystemExit(main())
