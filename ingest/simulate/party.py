"""Invented drivers and companies. Numbers have the form and check digits of real ones."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

_FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "建国伟强军勇磊涛明超斌鹏飞辉刚平志海波宏亮"
_TOWNS = ("长治", "襄垣", "潞城", "屯留", "邯郸", "安阳", "榆林", "济宁")
_TRADES = ("鑫通", "宏运", "顺达", "恒远", "万里", "通达", "兴旺", "德盛")
_REGIONS = ("140423", "140402", "130427", "410522", "610802", "370811")

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


@dataclass(frozen=True, slots=True)
class Party:
    """Who drove and for whom. Every field is personal data wherever it would be real."""

    driver: str
    id_number: str
    phone: str
    company: str
    credit_code: str


def id_check(first17: str) -> str:
    """Check character of a resident identity number (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(weight * int(digit) for weight, digit in zip(_ID_WEIGHTS, first17, strict=True))
    return _ID_CHECKS[total % 11]


def credit_check(first17: str) -> str:
    """Check character of a unified social credit code (GB 32100, MOD 31)."""
    total = sum(w * _CREDIT_ALPHABET.index(c) for w, c in zip(_CREDIT_WEIGHTS, first17, strict=True))
    return _CREDIT_ALPHABET[(31 - total % 31) % 31]


def party(rng: Random) -> Party:
    """A driver aged about 25 to 60, with a company."""
    name = rng.choice(_FAMILY) + "".join(rng.sample(_GIVEN, rng.choice((1, 2, 2))))
    birth = f"{rng.randint(1966, 1999)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    first17 = rng.choice(_REGIONS) + birth + f"{rng.randint(1, 499) * 2 - 1:03d}"
    region = rng.choice(_REGIONS)
    body = "91" + region + "MA" + "".join(rng.choice(_CREDIT_ALPHABET) for _ in range(7))
    return Party(
        driver=name,
        id_number=first17 + id_check(first17),
        phone=f"1{rng.choice('3589')}{rng.randint(0, 10**9 - 1):09d}",
        company=f"{rng.choice(_TOWNS)}{rng.choice(_TRADES)}运输有限公司",
        credit_code=body + credit_check(body),
    )
