"""The browser that is installed, and the mark of every test that needs it."""

import shutil

import pytest

CHROMIUM = shutil.which("chromium")
NEEDS_CHROMIUM = [pytest.mark.browser]
