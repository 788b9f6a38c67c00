"""Weighings as files: those of the filter, whole lists longer than one look, plates masked."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from fastapi.testclient import TestClient

from monitor.reports.weighing_rows import each_weighing
from monitor.store.weighing_list import WeighingFilter, find_weighings
from tests.county import RIVER, County


def rows(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


def test_both_files_hold_the_weighings_of_the_filter_with_masked_plates(
    reader: TestClient, told: County
) -> None:
    lengths, masked = set(), 0
    for params in ({}, {"station": RIVER}, {"which": "over"}):
        chosen = WeighingFilter([RIVER] if "station" in params else None, over=params.get("which") == "over")
        listed = [one.check_no for one in find_weighings(told.database, chosen, limit=1_000).weighings]
        answer = reader.get("/api/v1/weighings.csv", params=params)
        assert answer.content.startswith(b"\xef\xbb\xbf")
        assert "fangxing-weighings-" in answer.headers["content-disposition"]
        found = rows(answer.content)
        assert [row["检测单号"] for row in found] == listed
        masked += sum("*" in row["车牌"] for row in found)
        assert all("*" in row["车牌"] for row in found if row["车牌"].startswith("晋"))
        body = reader.get("/api/v1/weighings.xlsx", params=params).content
        sheet = openpyxl.load_workbook(io.BytesIO(body)).worksheets[0]
        assert [row[2].value for row in sheet.iter_rows(min_row=2)] == listed
        lengths.add(len(listed))
    assert len(lengths) > 1
    assert masked


def test_a_list_longer_than_one_look_is_whole(told: County) -> None:
    whole = find_weighings(told.database, WeighingFilter(), limit=1_000).weighings
    assert len(whole) > 2
    assert list(each_weighing(told.database, WeighingFilter(), at_once=2)) == whole


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_words_follow_the_reader_and_a_bad_filter_is_a_problem(reader: TestClient, kind: str) -> None:
    answer = reader.get(f"/api/v1/weighings.{kind}", params={"which": "heavy"})
    assert (answer.status_code, answer.json()["parameter"]) == (422, "which")
    head = reader.get("/api/v1/weighings.csv", params={"lang": "en"}).content.decode("utf-8-sig")
    assert head.startswith("Weighed,Station,Check number")
