"""The process in which paper is set: `python -m awards.web.typesetter TEMPLATE SECONDS pdf`, the data as JSON on its input.

Every word of a person reaches the template as data, never as source. It answers with the PDF, or with the one page as a
picture (`png`), has little memory and little time, and yields the processor to the pages.
"""

import json
import os
import resource
import sys
from pathlib import Path
from typing import Final

from typst import Compiler, TypstError

MEMORY = 2 * 1024 * 1024 * 1024
SECONDS = 20
NICER = 5
# Readable aloud: refused by typst where a letter has no glyph in any font, and then set without the promise.
FOR_EVERYBODY: Final = "ua-1"
NO_GLYPH = "could not be displayed"
# Two pixels for each point: a page of 600 by 315 points is a picture of 1200 by 630.
DOTS_PER_INCH: Final = 144.0


def main(arguments: list[str]) -> int:
    template, made, kind = arguments
    os.nice(NICER)
    _confine(resource.RLIMIT_AS, MEMORY)
    _confine(resource.RLIMIT_CPU, SECONDS)
    _confine(resource.RLIMIT_CORE, 0)
    data = sys.stdin.buffer.read().decode()
    sys.stdout.buffer.write((_pdf if kind == "pdf" else _png)(Path(template), data, int(made)))
    return 0


def _pdf(template: Path, data: str, made: int) -> bytes:
    compiler = Compiler(template, root=template.parent)
    try:
        drawn = compiler.compile(
            format="pdf", sys_inputs={"data": data}, timestamp=made, pdf_standards=FOR_EVERYBODY
        )
    except TypstError as problem:
        if NO_GLYPH not in str(problem):
            raise
        # The document itself says so, and that the text in the service is whole.
        incomplete = json.dumps({**json.loads(data), "incomplete": True})
        drawn = compiler.compile(format="pdf", sys_inputs={"data": incomplete}, timestamp=made)
    if not isinstance(drawn, bytes):
        raise TypeError("typst gave no document")
    return drawn


def _png(template: Path, data: str, made: int) -> bytes:
    compiler = Compiler(template, root=template.parent)
    drawn = compiler.compile(format="png", ppi=DOTS_PER_INCH, sys_inputs={"data": data}, timestamp=made)
    if not isinstance(drawn, bytes):
        raise TypeError("typst gave more than one picture")
    return drawn


def _confine(what: int, limit: int) -> None:
    _soft, hard = resource.getrlimit(what)
    allowed = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
    resource.setrlimit(what, (allowed, allowed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
