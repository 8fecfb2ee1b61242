"""Awards judging: the service."""

import os
from pathlib import Path

__version__ = "0.1.0"

# Otherwise Piccolo imports whatever `piccolo_conf` happens to be on the path.
os.environ.setdefault("PICCOLO_CONF", "awards.piccolo_conf")


def data_dir(name: str) -> Path:
    """`templates` and `migrations`: inside the package in a wheel, beside it in a checkout."""
    inside = Path(__file__).parent / "_data" / name
    return inside if inside.is_dir() else Path(__file__).parent.parent / name
