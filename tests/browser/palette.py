"""A picture with 256 colours at most, as PNG: a third of the size, and nobody sees the difference."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page

COLOURS = 256

PIXELS = """async source => {
  const picture = new Image();
  picture.src = 'data:image/png;base64,' + source;
  await picture.decode();
  const canvas = document.createElement('canvas');
  canvas.width = picture.width; canvas.height = picture.height;
  const pen = canvas.getContext('2d');
  pen.drawImage(picture, 0, 0);
  const bytes = pen.getImageData(0, 0, picture.width, picture.height).data;
  let text = '';
  for (let at = 0; at < bytes.length; at += 30000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 30000));
  }
  return [picture.width, picture.height, btoa(text)];
}"""


def smaller(page: Page, png: bytes) -> bytes:
    """The same picture in the colours it uses most; a rare one becomes the nearest. Decoded by `page`."""
    width, height, told = page.evaluate(PIXELS, base64.b64encode(png).decode())
    rgb = np.frombuffer(base64.b64decode(told), np.uint8).reshape(-1, 4)[:, :3].astype(np.int32)
    every, place, often = np.unique(
        rgb[:, 0] << 16 | rgb[:, 1] << 8 | rgb[:, 2], return_inverse=True, return_counts=True
    )
    kept = spread(every, often)
    nearest = np.array([_nearest(colour, kept) for colour in _split(every)], np.uint8)
    return indexed(nearest[place.reshape(-1)].reshape(height, width), kept)


def spread(every: NDArray[Any], often: NDArray[Any]) -> NDArray[Any]:
    """The colours to keep: the most frequent of each small cube of colours, the fullest cubes first."""
    rgb = _split(every)
    for size in (1, 4, 8, 12, 16, 24, 32, 48):
        cubes, cube = np.unique(rgb // size @ np.array([1 << 20, 1 << 10, 1]), return_inverse=True)
        if len(cubes) <= COLOURS:
            break
    order = np.lexsort((-often, cube.reshape(-1)))
    first = np.unique(cube.reshape(-1)[order], return_index=True)[1]
    return rgb[order[first]][:COLOURS]


def indexed(places: NDArray[np.uint8], palette: NDArray[Any]) -> bytes:
    """PNG of colour type 3 (ISO/IEC 15948): a palette, and a byte for each point."""
    height, width = places.shape
    lines = np.hstack([np.zeros((height, 1), np.uint8), places])
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, body)
        for kind, body in (
            (b"IHDR", head),
            (b"PLTE", palette.astype(np.uint8).tobytes()),
            (b"IDAT", zlib.compress(lines.tobytes(), 9)),
            (b"IEND", b""),
        )
    )


def _split(colours: NDArray[Any]) -> NDArray[Any]:
    return np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=1)


def _nearest(colour: NDArray[Any], kept: NDArray[Any]) -> int:
    return int(((kept - colour) ** 2).sum(axis=1).argmin())


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
