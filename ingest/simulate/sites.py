"""The simulated stations: four of the shipped configuration, and as many invented ones as asked for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Site:
    """A station of the simulated county."""

    code: str
    name: str
    short: str
    english: str
    prefix: str
    """Starts its case numbers."""
    dialect: str
    """How its ledger is exported: merged, gbk, template, or offsite for sites that hold nobody."""
    needs: frozenset[str]
    """What its release waits for."""
    channels: tuple[str, ...]
    police: bool
    """Whether police are on site."""
    per_day: float
    """Confirmed cases a day."""
    shipped: bool = True

    @property
    def holds(self) -> bool:
        return self.dialect != "offsite"

    @property
    def source(self) -> str:
        """The source page that reads its ledger."""
        return "ledger-template" if self.dialect == "template" else f"sim-{self.dialect}"


WEST = Site(
    "14042301", "襄垣城西超限检测站", "城西", "West", "CX", "merged",
    frozenset({"removal", "payment"}), ("nontax_qr", "bank_counter", "police_12123"), True, 1.4,
)  # fmt: skip
NORTH = Site(
    "14042302", "襄垣北关超限检测站", "北关", "North Gate", "BG", "gbk",
    frozenset({"removal"}), ("nontax_qr", "nontax_web", "bank_counter", "pos", "police_12123"), True, 1.1,
)  # fmt: skip
RIVER = Site(
    "14042303", "襄垣河口超限检测站", "河口", "River Mouth", "HK", "template",
    frozenset({"removal", "decision", "payment_confirmed"}),
    ("nontax_qr", "nontax_web", "bank_counter", "cash_on_spot"), False, 0.9,
)  # fmt: skip
RING = Site(
    "14042331", "襄垣外环不停车检测点", "外环", "Ring Road", "WH", "offsite",
    frozenset(), ("nontax_qr", "nontax_web", "bank_counter"), False, 0.8,
)  # fmt: skip

_PLACES = ("东岭", "古韩", "夏店", "虒亭", "下良", "善福", "侯堡", "王村", "上马", "北底", "西营", "王桥")


def sites(count: int) -> tuple[Site, ...]:
    """The first `count` stations; from the fifth on they are invented and need the configuration overlay."""
    return tuple((WEST, NORTH, RIVER, RING)[:count]) + tuple(_invented(n) for n in range(count - 4))


def _invented(number: int) -> Site:
    pattern = (WEST, NORTH, RIVER)[number % 3]
    place = _PLACES[number % len(_PLACES)]
    again = number // len(_PLACES)
    short = place if not again else f"{place}{again + 1}"
    return Site(
        f"149{number:05d}", f"模拟{short}超限检测站", short, f"Simulated {number + 1}", f"M{number:03d}",
        pattern.dialect, pattern.needs, pattern.channels, pattern.police,
        (0.3, 0.7, 1.2, 2.0, 3.0)[number % 5], False,
    )  # fmt: skip
