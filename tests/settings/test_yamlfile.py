from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from monitor.settings.problem import ConfigError, ConfigProblem
from monitor.settings.yamlfile import laid_over, parse_yaml, read_yaml


def only_problem(text: str) -> ConfigProblem:
    with pytest.raises(ConfigError) as caught:
        parse_yaml(text, "a.yaml")
    [problem] = caught.value.problems
    return problem


def test_every_key_keeps_its_line() -> None:
    document = parse_yaml("# note\na:\n  b: 1\n\n  c: [x,\n    y]\n", "a.yaml")
    assert document.place(("a",)) == ("a.yaml", 2)
    assert document.place(("a", "b")) == ("a.yaml", 3)
    assert document.place(("a", "c", 1)) == ("a.yaml", 6)


def test_a_missing_key_stands_at_the_nearest_key_above_it() -> None:
    document = parse_yaml("a:\n  b:\n    c: 1\n", "a.yaml")
    assert document.place(("a", "b", "nowhere", "below")) == ("a.yaml", 2)
    assert document.place(("elsewhere",)) == ("a.yaml", 1)


def test_codes_stay_as_written() -> None:
    value = parse_yaml("14042301: {code: 0123, answer: no, on: yes, big: 1_000}\n", "a.yaml").value
    assert value == {"14042301": {"code": "0123", "answer": "no", "on": "yes", "big": 1000}}


def test_plain_scalars_have_their_types() -> None:
    value = parse_yaml("a: true\nb: null\nc: 24\nd: 26.4\ne: 2024-02-29\nf: '24'\ng:\n", "a.yaml").value
    assert value == {"a": True, "b": None, "c": 24, "d": 26.4, "e": date(2024, 2, 29), "f": "24", "g": None}


def test_a_key_written_twice_names_both_lines() -> None:
    problem = only_problem("a:\n  x: 1\n  y: 2\n  x: 3\n")
    assert (problem.line, problem.key, problem.message) == (4, "a.x", "duplicate_key")
    assert problem.params == {"first": "2"}


def test_a_day_that_does_not_exist_is_refused() -> None:
    problem = only_problem("a: 1\nfrom: 2024-02-30\n")
    assert (problem.line, problem.key, problem.message) == (2, "from", "impossible_date")


def test_broken_yaml_names_the_line() -> None:
    problem = only_problem("a: 1\nb: [1, 2\nc: 3\n")
    assert problem.message == "not_yaml"
    assert problem.line == 3


def test_foreign_tags_are_refused() -> None:
    problem = only_problem("a: !!python/object/apply:os.system 1\n")
    assert (problem.line, problem.message) == (1, "foreign_tag")


def test_an_alias_of_itself_is_refused() -> None:
    problem = only_problem("a: &loop\n  b: *loop\n")
    assert problem.message == "too_deep"


def test_aliases_that_multiply_are_refused() -> None:
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    problem = only_problem("\n".join(lines))
    assert problem.message == "too_large"


def test_a_file_in_gbk_names_the_line(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"a: 1\nb: " + "城西".encode("gbk") + b"\n")
    with pytest.raises(ConfigError) as caught:
        read_yaml(file)
    [problem] = caught.value.problems
    assert (problem.line, problem.message) == (2, "not_utf8")


def test_an_empty_file_is_an_empty_map() -> None:
    assert parse_yaml("# nothing yet\n", "a.yaml").value == {}


def test_maps_merge_and_lists_replace() -> None:
    below = parse_yaml("a: {x: 1, y: 2}\nlist: [1, 2, 3]\n", "below.yaml")
    above = parse_yaml("\na: {y: 3, z: 4}\nlist: [9]\n", "above.yaml")
    merged = laid_over(below, above)
    assert merged.value == {"a": {"x": 1, "y": 3, "z": 4}, "list": [9]}
    assert merged.place(("a", "x")) == ("below.yaml", 1)
    assert merged.place(("a", "y")) == ("above.yaml", 2)
    assert merged.place(("a", "z")) == ("above.yaml", 2)
    assert merged.place(("list", 0)) == ("above.yaml", 3)
    assert merged.place(("list", 2)) == ("above.yaml", 3), "the shipped third item is gone with its line"


def test_the_files_laid_over_each_other_stay_as_they_were() -> None:
    below = parse_yaml("a: {x: 1}\n", "below.yaml")
    laid_over(below, parse_yaml("a: {x: 2}\n", "above.yaml"))
    assert below.value == {"a": {"x": 1}}
    assert below.place(("a", "x")) == ("below.yaml", 1)
