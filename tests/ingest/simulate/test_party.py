"""Invented people have numbers whose check characters are right."""

from __future__ import annotations

from random import Random

from ingest.simulate.party import credit_check, id_check, party


def test_check_character_of_the_example_in_gb_11643() -> None:
    assert id_check("11010519491231002") == "X"
    assert id_check("44052418800101001") == "4"


def test_check_character_of_a_published_credit_code() -> None:
    assert credit_check("91350100M000100Y4") == "3"


def test_every_invented_identity_number_checks_by_the_congruence() -> None:
    rng = Random(1)
    for _ in range(200):
        someone = party(rng)
        digits = [10 if char == "X" else int(char) for char in someone.id_number]
        # ISO 7064 MOD 11-2: the sum of a(i) * 2^(18-i) leaves 1
        assert sum(digit * 2 ** (17 - place) for place, digit in enumerate(digits)) % 11 == 1
        assert len(someone.id_number) == 18 and 1966 <= int(someone.id_number[6:10]) <= 1999


def test_every_invented_credit_code_checks_by_the_congruence() -> None:
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    rng = Random(2)
    for _ in range(200):
        code = party(rng).credit_code
        assert len(code) == 18
        total = sum(alphabet.index(char) * pow(3, place, 31) for place, char in enumerate(code[:17]))
        # GB 32100: with the check character at weight 1 the sum is a multiple of 31
        assert (total + alphabet.index(code[17])) % 31 == 0


def test_phones_have_eleven_digits() -> None:
    rng = Random(3)
    assert all(len(party(rng).phone) == 11 for _ in range(50))
