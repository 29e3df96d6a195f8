"""Decompression that stops at a bound, whatever a few hostile bytes would swell to."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable

_PIECE = 65_536  # bytes inflated at a time


class TooLarge(Exception):
    """More bytes than allowed."""


class Corrupt(Exception):
    """Not the compression it says it is, or cut short."""


def bounded(chunks: Iterable[bytes], limit: int) -> bytes:
    """All of the chunks; raises TooLarge beyond `limit` bytes."""
    whole = bytearray()
    for chunk in chunks:
        whole += chunk
        if len(whole) > limit:
            raise TooLarge
    return bytes(whole)


def inflate(data: bytes, coding: str, limit: int) -> bytes:
    """Undoes the HTTP content coding "gzip" (several members too) or "deflate" (with zlib's header, as
    RFC 9110 has it, or bare, as some servers do). Raises TooLarge beyond `limit` bytes, or Corrupt."""
    wbits = 31 if coding == "gzip" else 15 if data[:1] and data[0] & 15 == zlib.DEFLATED else -15
    try:
        return bounded(_inflated(data, lambda: zlib.decompressobj(wbits)), limit)
    except zlib.error as error:
        raise Corrupt(str(error)) from error


def _inflated(data: bytes, decompressor: Callable[[], zlib._Decompress]) -> Iterable[bytes]:
    while data:
        one = decompressor()
        while not one.eof:
            piece = one.decompress(data, _PIECE)
            data = one.unconsumed_tail
            if not piece and not data and not one.eof:
                raise zlib.error("cut short")
            yield piece
        data = one.unused_data.lstrip(b"\0")  # members may be padded with zeros
