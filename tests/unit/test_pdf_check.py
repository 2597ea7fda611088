"""`PdfCheck`: what it hands out and what it refuses, however the bytes come."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ropo_jobs_client._pdf_check import PdfCheck
from ropo_jobs_client.errors import NotAPdf, PdfTooLarge, PdfTruncated, ResponseError

NO_LIMIT = 2**40
END = b"\n%%EOF\n"


def run(chunks: list[bytes], max_bytes: int = NO_LIMIT) -> bytes:
    """Return all that is handed out of these chunks, when it is a whole PDF."""
    check = PdfCheck(max_bytes)
    out = b"".join(check.feed(chunk) for chunk in chunks)
    check.finish()
    return out


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """Cut at the given places, some of which may be the same or lie outside."""
    bounds = [0, *sorted(min(place, len(data)) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(bounds)]


# Filling that holds neither mark, though it comes near.
_filling = st.lists(
    st.sampled_from([b"%", b"P", b"D", b"F", b"-", b"E", b"O", b"\n", b"\0", b"1" * 100]), max_size=60
).map(lambda parts: b"".join(parts).replace(b"%PDF-", b"").replace(b"%%EOF", b""))
_before = _filling.map(lambda data: data[:1_019].rstrip(b"%PDF-"))
_after = _filling.map(lambda data: data[:1_019].lstrip(b"%EOF"))


def _whole(before: bytes, middle: bytes, after: bytes) -> bytes:
    return before + b"%PDF-1.4\n" + middle + b"\n%%EOF" + after


_valid = st.builds(_whole, _before, _filling, _after)
_places = st.lists(st.integers(0, 9_000), max_size=20)


@given(_valid, _places)
def test_a_pdf_comes_out_as_it_came_in_however_it_was_cut(data: bytes, places: list[int]) -> None:
    assert run(cut(data, places)) == data


@given(_valid)
def test_a_pdf_comes_out_when_it_comes_byte_by_byte(data: bytes) -> None:
    assert run([data[i : i + 1] for i in range(len(data))]) == data


@given(_valid, _places)
def test_nothing_is_handed_out_before_the_header_and_nothing_is_held_back_after_it(
    data: bytes, places: list[int]
) -> None:
    check = PdfCheck(NO_LIMIT)
    came, out = b"", b""
    for chunk in cut(data, places):
        came += chunk
        out += check.feed(chunk)
        assert out == (came if b"%PDF-" in came[:1_024] else b"")


@given(_valid, st.integers(0, 9_000), _places)
def test_what_is_cut_off_is_refused_unless_an_end_mark_is_left(data: bytes, length: int, places: list[int]) -> None:
    part = data[:length]
    if b"%PDF-" not in part[:1_024]:
        with pytest.raises(NotAPdf):
            run(cut(part, places))
    elif b"%%EOF" not in part[-1_024:]:
        with pytest.raises(PdfTruncated):
            run(cut(part, places))
    else:
        assert run(cut(part, places)) == part


@given(st.binary(max_size=3_000), _places)
def test_the_verdict_on_any_bytes_does_not_hang_on_how_they_were_cut(data: bytes, places: list[int]) -> None:
    def verdict(chunks: list[bytes]) -> bytes | type[ResponseError]:
        try:
            return run(chunks)
        except ResponseError as error:
            return type(error)

    assert verdict(cut(data, places)) == verdict([data])


@given(_valid, _places, st.integers(1, 9_000))
def test_no_more_than_max_bytes_are_handed_out(data: bytes, places: list[int], max_bytes: int) -> None:
    check = PdfCheck(max_bytes)
    out = b""
    for came, chunk in enumerate(cut(data, places)):
        if sum(map(len, cut(data, places)[: came + 1])) > max_bytes:
            with pytest.raises(PdfTooLarge, match=str(max_bytes)):
                check.feed(chunk)
            break
        out += check.feed(chunk)
    else:
        assert out == data
    assert len(out) <= max_bytes


@pytest.mark.parametrize("offset", [0, 1, 500, 1_018, 1_019])
def test_the_header_may_stand_anywhere_in_the_first_1024_bytes(offset: int) -> None:
    data = b"x" * offset + b"%PDF-1.7\n" + b"y" * 3_000 + END
    assert run([data]) == data
    assert run([bytes([byte]) for byte in data]) == data


@pytest.mark.parametrize("offset", [1_020, 1_024, 5_000])
@pytest.mark.parametrize("size", [1, 7, 1_023, 1_024, 100_000])
def test_a_header_after_the_first_1024_bytes_is_none(offset: int, size: int) -> None:
    data = b"x" * offset + b"%PDF-1.7\n" + b"y" * 3_000 + END
    with pytest.raises(NotAPdf):
        run([data[i : i + size] for i in range(0, len(data), size)])


def test_what_is_no_pdf_is_refused_as_soon_as_that_shows() -> None:
    check = PdfCheck(NO_LIMIT)
    assert check.feed(b"x" * 1_023) == b""
    with pytest.raises(NotAPdf):
        check.feed(b"x")


@pytest.mark.parametrize("after", [0, 1, 500, 1_018, 1_019])
def test_the_end_mark_may_stand_anywhere_in_the_last_1024_bytes(after: int) -> None:
    data = b"%PDF-1.7\n" + b"y" * 3_000 + b"%%EOF" + b"\n" * after
    assert run([data]) == data
    assert run([bytes([byte]) for byte in data]) == data


@pytest.mark.parametrize("after", [1_020, 1_024, 5_000])
@pytest.mark.parametrize("size", [1, 7, 1_023, 1_024, 100_000])
def test_an_end_mark_before_the_last_1024_bytes_is_none(after: int, size: int) -> None:
    data = b"%PDF-1.7\n" + b"y" * 3_000 + b"%%EOF" + b"\n" * after
    with pytest.raises(PdfTruncated, match="EOF"):
        run([data[i : i + size] for i in range(0, len(data), size)])


@pytest.mark.parametrize("chunks", [[], [b""], [b"", b""]])
def test_an_empty_body_is_not_a_pdf(chunks: list[bytes]) -> None:
    with pytest.raises(NotAPdf, match="empty"):
        run(chunks)


@pytest.mark.parametrize("body", [b"<html>no</html>", b'{"error": "no"}', b"%PDF", b"%pdf-1.4\n%%EOF", b"\0" * 10])
def test_what_is_short_and_no_pdf_is_refused_at_its_end_and_kept(body: bytes) -> None:
    with pytest.raises(NotAPdf) as caught:
        run([body])
    assert caught.value.raw == body
    assert "html" not in str(caught.value)


@pytest.mark.parametrize("size", [1_000, 1_001])
def test_max_bytes_is_how_much_may_come(size: int) -> None:
    data = b"%PDF-1.7\n" + b"y" * (size - 9 - len(END)) + END
    assert run([data], size) == data
    with pytest.raises(PdfTooLarge):
        run([data], size - 1)


def test_max_bytes_counts_what_comes_before_the_header() -> None:
    with pytest.raises(PdfTooLarge):
        run([b"x" * 20, b"%PDF-1.7\n" + END], 25)


@pytest.mark.parametrize("blank", [b" ", b"\n" * 3])
def test_blanks_that_come_by_themselves_are_no_end(blank: bytes) -> None:
    """A server that flushes each token: what begins after the end mark is still seen."""
    with pytest.raises(PdfTruncated, match="another part"):
        run([b"%PDF-1.4\n1 0 obj<<>>\n%%EOF\n", b"12", blank, b"0", blank, b"obj\n<< /Le"])


def test_blanks_between_the_end_mark_and_something_else_count() -> None:
    with pytest.raises(PdfTruncated, match="no end mark"):
        run([b"%PDF-1.4\n%%EOF\n", b"\n" * 5_000, b"x"])
