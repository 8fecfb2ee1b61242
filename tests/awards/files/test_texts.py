"""What can be read of a file: its words, and where its links lead."""

from pathlib import Path

import pytest
from pypdf import PdfWriter
from pypdf.annotations import Link

from awards.files.examining import make_copies
from tests.awards.files.corpus import docx, odt, pdf

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org"
TEXT = f'<w:document xmlns:w="{W}"><w:body><w:p><w:r><w:t>Low </w:t></w:r><w:r><w:t>floors</w:t></w:r></w:p><w:p><w:r><w:t>for all &amp; sundry</w:t></w:r></w:p></w:body></w:document>'
LINKS = f"""<Relationships xmlns="{R}/package/2006/relationships"><Relationship Id="r1" TargetMode="External"
 Type="{R}/officeDocument/2006/relationships/hyperlink" Target="https://lindmere.example/bus"/></Relationships>"""
ODF = """<office:text xmlns:office='o' xmlns:text='t' xmlns:xlink='http://www.w3.org/1999/xlink'>
<text:h>Low floors</text:h><text:p>for <text:a xlink:href='https://lindmere.example/bus'>all</text:a> of us</text:p></office:text>"""


def _with_link(writer: PdfWriter) -> None:
    writer.add_annotation(0, Link(rect=(0, 0, 50, 50), url="https://lindmere.example/bus"))


@pytest.mark.parametrize(
    ("ending", "content", "text"),
    [
        ("docx", docx({"word/document.xml": TEXT, "word/_rels/document.xml.rels": LINKS}),
         "Low floors\nfor all & sundry\nhttps://lindmere.example/bus"),
        ("odt", odt({"content.xml": ODF}), "Low floors\nfor all of us\nhttps://lindmere.example/bus"),
        ("pdf", pdf(_with_link, pages=2),
         "Page 1 of the practice\nhttps://lindmere.example/bus\fPage 2 of the practice"),
    ],
)  # fmt: skip
def test_the_words_and_the_addresses(ending: str, content: bytes, text: str, tmp_path: Path) -> None:
    original = tmp_path / "original"
    original.write_bytes(content)
    made = make_copies(original, ending, tmp_path)
    assert [one.kind for one in made if one.kind not in ("page", "thumbnail")] == ["judge", "text"]
    assert (tmp_path / "text.txt").read_text(encoding="utf-8") == text
