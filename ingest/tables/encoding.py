"""Which encoding a text file is in, decided over all of its bytes.

A prefix is no evidence: ledgers are plain ASCII for thousands of rows before the first note in Chinese. Every
candidate must decode the whole file strictly; a byte that fits none is named by its position.
"""

from __future__ import annotations

import codecs

from .fault import TableError
from .source import Source

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# GBK read as UTF-8 now and then gives a valid character by accident; a UTF-8 file with a few broken bytes
# gives # almost nothing else. Between the two, by this factor, a file is one or the other.
_DAMAGED_UTF8 = 10
_LEADS_OF_THREE = bytes(range(0xE0, 0xF0))


def encoding_of(source: Source) -> str:
    """The name Python gives the encoding: utf-8, utf-8-sig, utf-16, utf-16-le, utf-16-be, gbk or gb18030."""
    head = source.head()
    for bom, name in _BOMS:
        if head.startswith(bom):
            return _checked(source, name)
    if b"\0" in head:
        return _checked(source, _utf16_without_bom(head))
    bad = _bad_byte(source, "utf-8")
    if bad is None:
        return "utf-8"
    if _is_damaged_utf8(source):
        raise _wrong("utf-8", bad)
    if _bad_byte(source, "gbk") is None:
        return "gbk"
    return _checked(source, "gb18030")


def _checked(source: Source, name: str) -> str:
    bad = _bad_byte(source, name)
    if bad is not None:
        raise _wrong(name, bad)
    return name


def _wrong(name: str, position: int) -> TableError:
    return TableError("wrong_encoding", {"encoding": name.upper(), "byte": str(position + 1)})


def _bad_byte(source: Source, name: str) -> int | None:
    """Where strict decoding fails, counted in bytes from 0; a character cut off at the end fails as well."""
    decoder = codecs.getincrementaldecoder(name)("strict")
    done = 0
    for chunk in source.chunks():
        held = len(decoder.getstate()[0])
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            return done - held + error.start
        done += len(chunk)
    held = len(decoder.getstate()[0])
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return done - held + error.start
    return None


def _is_damaged_utf8(source: Source) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    good = bad = 0
    for chunk in source.chunks():
        text = decoder.decode(chunk)
        encoded = text.encode("utf-8")
        bad += text.count("\ufffd")
        # the replacement sign has three bytes too
        good += len(encoded) - len(encoded.translate(None, delete=_LEADS_OF_THREE))
    return good - bad > _DAMAGED_UTF8 * bad


def _utf16_without_bom(head: bytes) -> str:
    """Digits, separators and line ends have a zero byte in UTF-16: on odd places in LE, on even ones in
    BE."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 4 * even and odd * 20 > len(head):
        return "utf-16-le"
    if even > 4 * odd and even * 20 > len(head):
        return "utf-16-be"
    raise TableError("unknown_format", {"found": "binary"})
