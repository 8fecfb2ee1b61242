"""The `awards` command."""

from awards.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
