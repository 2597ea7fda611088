"""Real PDFs of every kind, and how many of their cuts pass as whole.

    python tests/unit/pdf_kinds.py [directory of PDFs ...]     # `make pdf-cuts`, FROM="directory ..."

prints for each kind how many cuts were tried, and how many passed by the end mark alone ("before") and pass by the
rules as they are ("now"): where the connection says nothing, and where it is a file.
"""

from __future__ import annotations

import io
import random
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pikepdf

from ropo_jobs_client._pdf_check import PdfCheck, is_whole_pdf
from ropo_jobs_client.errors import ResponseError

KINDS: Final = (
    "plain",
    "object streams",
    "linearized",
    "updated",
    "updated twice",
    "linearized, then updated",
    "with a PDF attached",
    "padded",
    "padded with zeros",
    "with bytes before it",
)


@cache
def make_pdf(kind: str, pages: int = 3) -> bytes:
    """Make a PDF of one of the `KINDS`. The same arguments make the same bytes."""
    match kind:
        case "plain":
            return _save(_document(pages))
        case "object streams":
            return _save(_document(pages), object_stream_mode=pikepdf.ObjectStreamMode.generate)
        case "linearized":
            return _save(_document(pages), linearize=True)
        case "updated":
            return _update(make_pdf("plain", pages))
        case "updated twice":
            return _update(_update(make_pdf("plain", pages)))
        case "linearized, then updated":
            return _update(make_pdf("linearized", pages))
        case "with a PDF attached":
            document = _document(pages)
            attached = pikepdf.AttachedFileSpec(
                document, make_pdf("updated", 1), filename="a.pdf", mod_date="D:20261122"
            )
            document.attachments["a.pdf"] = attached
            return _save(document, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.all)
        case "padded":
            return make_pdf("plain", pages) + b"\r\n" * 400
        case "padded with zeros":
            return make_pdf("linearized", pages) + b"\0" * 900
        case "with bytes before it":
            return b"\xef\xbb\xbf\r\n" + make_pdf("linearized", pages)
        case _:
            raise ValueError(kind)


def _document(pages: int) -> pikepdf.Pdf:
    document = pikepdf.new()
    noise = random.Random(7)
    for _ in range(pages):
        page = document.add_blank_page()
        drawn = b"".join(b"%d %d m %d %d l S\n" % tuple(noise.randbytes(4)) for _ in range(400))
        page.Contents = document.make_stream(drawn)
    return document


def _save(document: pikepdf.Pdf, **options: object) -> bytes:
    file = io.BytesIO()
    document.save(file, static_id=True, **options)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    return file.getvalue()


def _update(pdf: bytes) -> bytes:
    """Append a later version, as a program does that signs or fills a form in."""
    (table,) = re.findall(rb"startxref\s+(\d+)\s+%%EOF\s*\Z", pdf)
    size = max(int(number) for number in re.findall(rb"/Size (\d+)", pdf))
    (root,) = set(re.findall(rb"/Root (\d+ 0 R)", pdf))
    start = len(pdf)
    added = b"%d 0 obj\n<< /Note (%b) >>\nendobj\n" % (size, b"x" * 3_000)
    written = b"xref\n%d 1\n%010d 00000 n \n" % (size, start)
    trailer = b"trailer\n<< /Size %d /Root %b /Prev %b >>\n" % (size + 1, root, table)
    return pdf + added + written + trailer + b"startxref\n%d\n%%%%EOF\n" % (start + len(added))


# Verdicts


def passed_before(pdf: bytes) -> bool:
    """Return whether it passed when the end mark alone was looked for."""
    return b"%PDF-" in pdf[:1024] and b"%%EOF" in pdf[-1024:]


def passes(pdf: bytes, *, is_whole: bool = False) -> bool:
    """Return whether it passes where the connection says nothing of its end, or that all is here."""
    check = PdfCheck(len(pdf))
    try:
        check.feed(pdf)
        check.finish(is_whole=is_whole)
    except ResponseError:
        return False
    return True


def looks_whole(pdf: bytes, cut: int) -> bool:
    """Return whether nobody can tell from its ends that something is lost.

    The cut lies right behind the end of an earlier version, or of a PDF that is attached as it is, before anything that
    shows that more was to come. Of a linearized file, the length says so.
    """
    at = pdf.rfind(b"%%EOF", 0, cut)
    is_linearized = b"/Linearized" in pdf[:1024]
    is_first_page = is_linearized and at < pdf.find(b"%%EOF", pdf.find(b"%%EOF") + 5)
    more = rb"[\s\0]*(\d+(\s+(\d+(\s+(ob?)?)?)?)?|e|en|end|ends(t|tr|tre|trea)?)?"
    return at >= 0 and not is_first_page and re.fullmatch(more, pdf[at + 5 : cut]) is not None


# The table


def _cuts(pdf: bytes, noise: random.Random) -> Iterator[int]:
    yield from (noise.randrange(1, len(pdf)) for _ in range(10) if len(pdf) > 1)


def _row(name: str, pdfs: Iterator[bytes], file: Path) -> None:
    noise = random.Random(1)
    sound: dict[str, int] = {"files": 0, "before": 0, "now": 0, "as a file": 0}
    cuts: dict[str, int] = {"tried": 0, "before": 0, "now": 0, "as a file": 0}

    def judged_as_file(data: bytes) -> bool:
        file.write_bytes(data)
        return is_whole_pdf(file)

    judges: dict[str, Callable[[bytes], bool]] = {"before": passed_before, "now": passes, "as a file": judged_as_file}
    for pdf in pdfs:
        sound["files"] += 1
        for verdict, judge in judges.items():
            sound[verdict] += judge(pdf)
        for cut in _cuts(pdf, noise):
            cuts["tried"] += 1
            for verdict, judge in judges.items():
                cuts[verdict] += judge(pdf[:cut])
    print(f"{name:28}", *(f"{number:8}" for number in [*sound.values(), *cuts.values()]))


def main() -> None:
    """Print the table."""
    print(
        f"{'':28}", *(f"{column:>8}" for column in ["sound", "before", "now", "file", "cuts", "before", "now", "file"])
    )
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "cut.pdf"
        for kind in KINDS:
            _row(kind, (make_pdf(kind, pages) for pages in range(1, 101)), file)
        for root in map(Path, sys.argv[1:]):
            _row(root.name, (path.read_bytes() for path in sorted(root.rglob("*.pdf")) if path.is_file()), file)


if __name__ == "__main__":
    main()
