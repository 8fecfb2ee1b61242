"""What each word of the `awards` command does, a module for what belongs together.

A function takes what was typed and the settings and returns its exit code. The modules are imported when their word
is used, so that ranking a spreadsheet does not wait for a web server.
"""

DONE, WRONG, BAD_INPUT, NOT_CONNECTED, FROZEN = 0, 1, 2, 3, 4


class CommandError(Exception):
    """What the person at the terminal reads, and the exit code."""

    def __init__(self, text: str, code: int = WRONG) -> None:
        self.code = code
        super().__init__(text)
