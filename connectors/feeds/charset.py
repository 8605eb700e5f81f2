"""Bytes -> text, in an order that survives servers, prologs and editors that lie about Arabic.

BOM; strict UTF-8 whatever the labels say (miniflux internal/reader/encoding); UTF-8 with a few broken
places; the labels, each only where it gives sane text; a detector over the code pages that Arabic,
Persian, French and Russian news still use; UTF-8 with replacement characters.
"""

import codecs
import re
from dataclasses import dataclass

import charset_normalizer

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PROLOG = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_HEADER = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_CLAIM = re.compile(
    rb"""(?:<(?:dc:)?language[^>]{0,80}>\s*|xml:lang\s*=\s*["'])(ar|fa|ur|ku|ckb|ps)\b""", re.IGNORECASE
)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_ARABIC = re.compile(r"[\u0621-\u064a]")
_C1 = re.compile(r"[\x80-\x9f]")
_REFERENCE = re.compile(r"&#([xX][0-9A-Fa-f]{1,8}|[0-9]{1,10});?")
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")

# WHATWG Encoding Standard, section 4.2: what browsers take these labels for.
_WHATWG = {
    "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "ascii": "cp1252", "us-ascii": "cp1252",
    "windows-1252": "cp1252", "iso-8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030",
    "shift_jis": "cp932", "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "windows-874": "cp874",
    "tis-620": "cp874", "iso-8859-6-i": "iso8859_6", "iso-8859-6-e": "iso8859_6",
    "x-mac-arabic": "mac_arabic",
}  # fmt: skip
_DETECTABLE = ["cp1256", "iso8859_6", "cp1252", "cp1251"]
_ARABIC_PAGES = ("cp1256", "iso8859_6")
_LATIN = frozenset({"cp1252", "cp1254", "latin_1"})
_SAMPLE = 32_768


@dataclass(frozen=True, slots=True)
class Text:
    """Decoded text, the codec that gave it, and whether characters had to be replaced."""

    text: str
    encoding: str
    damaged: bool = False


def decode(data: bytes, content_type: str = "") -> Text:
    """Decode the bytes of a feed; `content_type` is the HTTP header. Never fails."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _replacing(data[len(bom) :], encoding)
    if data[:4] in (b"<\x00?\x00", b"<\x00r\x00", b"<\x00f\x00"):
        return _replacing(data, "utf-16-le")
    if data[:4] in (b"\x00<\x00?", b"\x00<\x00r", b"\x00<\x00f"):
        return _replacing(data, "utf-16-be")
    try:
        return Text(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        return (
            _mostly_utf8(data)
            or _labelled(data, content_type)
            or _detected(data)
            or _replacing(data, "utf-8")
        )


def for_xml(text: str) -> str:
    """Give `text` with the encoding declaration brought in line and characters that XML forbids removed."""
    text = _REFERENCE.sub(_allowed, _NOT_XML.sub("", _DECLARATION.sub("", text, count=1)))
    return '<?xml version="1.0" encoding="utf-8"?>' + text


def _allowed(reference: re.Match[str]) -> str:
    """Give a character reference as it is, or nothing where it names no character: it costs the title."""
    code = int(reference[1][1:], 16) if reference[1][0] in "xX" else int(reference[1])
    return reference[0] if code < 0x110000 and not _NOT_XML.match(chr(code)) else ""


def _replacing(data: bytes, encoding: str) -> Text:
    try:
        return Text(data.decode(encoding), encoding)
    except UnicodeDecodeError:
        return Text(data.decode(encoding, "replace"), encoding, damaged=True)


def _mostly_utf8(data: bytes) -> Text | None:
    """Take bytes that are UTF-8 but for a few places: one cut sequence must not turn a whole feed."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    good = sum(1 for char in text if char > "\x7f") - broken
    return Text(text, "utf-8", damaged=True) if good >= 4 * broken else None


def _labelled(data: bytes, content_type: str) -> Text | None:
    head = data[:2048]
    labels = [found[1].decode() for found in (_PROLOG.search(head), _META.search(head)) if found]
    header = _HEADER.search(content_type)
    if header:
        labels.insert(1 if _PROLOG.search(head) else 0, header[1])
    claims_arabic = _CLAIM.search(data[:8192]) is not None
    for label in labels:
        text = _by_label(data, label, claims_arabic)
        if text is not None:
            return text
    return None


def _by_label(data: bytes, label: str, claims_arabic: bool) -> Text | None:
    try:
        codec = codecs.lookup(_WHATWG.get(label.lower(), label)).name
        text = data.decode(codec)
    except (LookupError, UnicodeError, ValueError):
        return None
    if not isinstance(text, str) or codec.startswith("utf") or _C1.search(text):
        return None
    looks_arabic = _ARABIC.search(text) is not None
    if claims_arabic and not looks_arabic:
        return None
    if codec.replace("-", "_") in _LATIN and _runs_of_high_bytes(data):
        return None
    return Text(text, codec)


def _runs_of_high_bytes(data: bytes) -> bool:
    """Tell Arabic or Cyrillic labelled as Latin: whole words above 0x7F, where French has single letters."""
    runs = re.findall(rb"[\xc0-\xff]+", data[:262_144])
    return sum(map(len, runs)) > 2 * len(runs)


def _detected(data: bytes) -> Text | None:
    sample = _dense_sample(data)
    for codec in _ARABIC_PAGES:
        if _arabic_share(sample, codec) >= 0.9:
            return _replacing(data, codec)
    best = charset_normalizer.from_bytes(sample, cp_isolation=_DETECTABLE, enable_fallback=False).best()
    if best is None:
        return None
    decoded = _replacing(data, best.encoding)
    return None if decoded.damaged and decoded.text.count("\ufffd") > len(data) // 100 else decoded


def _arabic_share(sample: bytes, codec: str) -> float:
    """Give the share of Arabic among the letters above 0x7F: in the wrong page many come out Latin.

    Surer than a detector on a short feed: eight letters of cp1256 were taken for Russian.
    """
    text = sample.decode(codec, "replace")
    letters = [char for char in text if char > "\x7f" and (char.isalpha() or char == "\ufffd")]
    arabic = sum(1 for char in letters if "\u0600" <= char <= "\u06ff")
    return arabic / len(letters) if letters else 0.0


def _dense_sample(data: bytes) -> bytes:
    """Give the words of the feed without its markup, which would drown the letters."""
    words = re.sub(rb"<[^>]{0,300}>", b" ", data[: 8 * _SAMPLE])
    lines = [line for line in words.splitlines() if re.search(rb"[\x80-\xff]", line)]
    return b"\n".join(lines)[:_SAMPLE]
