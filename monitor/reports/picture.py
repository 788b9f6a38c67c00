"""Pictures as SVG text: for pages, papers and slides, in the light palette, with nothing to fetch."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

TEXT, SOFT, LINE, GROUND = "#16202A", "#52606D", "#C9D2DA", "#FFFFFF"
FONT = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif"


class Picture:
    """A drawing of fixed width that grows downwards; lengths are pixels."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self._parts: list[str] = []

    def text(
        self,
        x: float,
        y: float,
        said: str,
        *,
        size: int = 13,
        colour: str = TEXT,
        anchor: str = "start",
        bold: bool = False,
    ) -> None:
        """One line of text, its base line at y."""
        weight = ' font-weight="700"' if bold else ""
        self._parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{colour}" text-anchor="{anchor}"'
            f"{weight}>{escape(said)}</text>"
        )

    def rect(
        self, x: float, y: float, width: float, height: float, colour: str, stroke: str | None = None
    ) -> None:
        """A filled box."""
        edge = "" if stroke is None else f' stroke="{stroke}" stroke-width="1.5"'
        self._parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}"'
            f' fill="{colour}"{edge}/>'
        )

    def line(
        self, x1: float, y1: float, x2: float, y2: float, colour: str, width: float = 1, dash: str = ""
    ) -> None:
        """A straight line."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"'
            f' stroke-width="{width}"{dashed}/>'
        )

    def path(
        self, points: Sequence[tuple[float, float]], colour: str, width: float = 1.5, dash: str = ""
    ) -> None:
        """A line through points."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        told = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._parts.append(
            f'<polyline points="{told}" fill="none" stroke="{colour}" stroke-width="{width}"{dashed}/>'
        )

    def polygon(self, points: Sequence[tuple[float, float]], colour: str) -> None:
        """A filled shape."""
        told = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._parts.append(f'<polygon points="{told}" fill="{colour}"/>')

    def circle(
        self, x: float, y: float, radius: float, colour: str, stroke: str | None = None, dash: str = ""
    ) -> None:
        """A disc, or a ring where its edge has a colour of its own."""
        edge = "" if stroke is None else f' stroke="{stroke}" stroke-width="2"'
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{colour}"{edge}{dashed}/>')

    def svg(self, title: str) -> str:
        """The whole file."""
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" height="{self.height}"'
            f' viewBox="0 0 {self.width} {self.height}" role="img" aria-label={quoteattr(title)}'
            f' font-family="{FONT}">\n<title>{escape(title)}</title>\n'
            f'<rect width="100%" height="100%" fill="{GROUND}"/>\n' + "\n".join(self._parts) + "\n</svg>\n"
        )


def lines(text: str, width: float, size: int = 13) -> list[str]:
    """Text cut into lines that fit a width; a Chinese character counts as wide as its size, others half."""
    found, line, used = [], "", 0.0
    for word in _words(text):
        wide = sum(size if ord(letter) > 0x2E80 else 0.56 * size for letter in word)
        if line and used + wide > width:
            found.append(line.rstrip())
            line, used = "", 0.0
        line, used = line + word, used + wide
    return [*found, line.rstrip()] if line.strip() else found


def _words(text: str) -> list[str]:
    words: list[str] = []
    for letter in text:
        whole = bool(words) and ord(letter) < 0x2E80 and ord(words[-1][-1]) < 0x2E80 and words[-1][-1] != " "
        if whole:
            words[-1] += letter
        else:
            words.append(letter)
    return words
