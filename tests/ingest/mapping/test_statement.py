"""A statement's rows by the shipped page: what a line says, and why another is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ingest.mapping.explain import explained
from ingest.mapping.page import SourcePage
from monitor.settings.problem import ConfigError
from monitor.settings.texts import texts

from .conftest import Deliver, instant

PAGE = "treasury-statement"
HEAD = "流水号,缴款码,金额(元),缴款时间,入账时间,缴款渠道,收款账号\n"
CODE = "14042300000000000017"


def test_a_line_keeps_code_amount_times_and_account(deliver: Deliver) -> None:
    told = deliver(
        PAGE, HEAD + f"L20240701001,{CODE},500.00,2024-07-01 10:00:00,2024-07-02 08:30:00,扫码,0407\n"
    )
    (line,) = told.candidates
    assert (line.station, line.case_no, line.activity) == ("", "L20240701001", "statement")
    assert (line.occurred_at, line.occurred_until) == (instant("2024-07-02T08:30:00+08:00"), None)
    assert json.loads(line.data) == {
        "payment_code": CODE, "amount_fen": 50_000, "channel": "nontax_qr", "payee_account": "0407",
        "paid_at": instant("2024-07-01T10:00:00+08:00"),
    }  # fmt: skip


def test_a_dry_run_tells_the_time_of_payment_as_a_time(deliver: Deliver) -> None:
    told = deliver(PAGE, HEAD + f"L20240701001,{CODE},500,2024-07-01 10:00,2024-07-02,扫码,\n")
    said = "\n".join(explained(told.rows[-1], "Asia/Shanghai", texts("zh")))
    assert "对账单一笔" in said and "paid_at=2024-07-01T10:00:00" in said


def test_of_a_posting_day_alone_no_hour_is_made(deliver: Deliver) -> None:
    told = deliver(PAGE, HEAD + f"L20240701001,{CODE},500,,2024-07-02,扫码,\n")
    (line,) = told.candidates
    assert line.occurred_at == instant("2024-07-02T00:00:00+08:00")
    assert line.occurred_until == instant("2024-07-03T00:00:00+08:00") - 1


def test_a_head_in_wan_yuan_is_read_as_such(deliver: Deliver) -> None:
    told = deliver(PAGE, HEAD.replace("(元)", "(万元)") + f"L20240701001,{CODE},0.05,,2024-07-02,扫码,\n")
    assert json.loads(told.candidates[0].data)["amount_fen"] == 50_000


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (f"L20240701001,{CODE},-500,,2024-07-02,扫码,", "negative"),
        (f"L20240701001,{CODE},,,2024-07-02,扫码,", "missing_amount"),
        (f"L20240701001,{CODE},500,,,扫码,", "missing_time"),
        (f",{CODE},500,,2024-07-02,扫码,", "missing_line_no"),
        (f"17,{CODE},500,,2024-07-02,扫码,", "running_number_alone"),
        (f"L20240701001,{CODE},500,,2024-07-02,贝壳,", "unknown_code"),
        (f"L20240701001,{CODE},五百,,2024-07-02,扫码,", "not_a_number"),
    ],
)
def test_a_line_that_cannot_be_trusted_is_refused_whole_with_its_reason(
    deliver: Deliver, row: str, reason: str
) -> None:
    told = deliver(PAGE, HEAD + row + "\n")
    assert told.candidates == []
    assert [one.reason for one in told.refusals] == [reason]


def test_an_amount_without_a_unit_is_refused(deliver: Deliver) -> None:
    told = deliver(PAGE, HEAD.replace("(元)", "") + f"L20240701001,{CODE},500,,2024-07-02,扫码,\n")
    assert told.candidates == []
    assert [one.reason for one in told.refusals] == ["unit_unknown"]


def test_numbers_that_run_within_a_statement_go_with_its_own(deliver: Deliver) -> None:
    head = "对账单号,行号,决定书文号,金额(元),入账日期\n"
    told = deliver(PAGE, head + "DZ0701,1,晋襄罚〔2024〕17号,500,2024-07-02\nDZ0702,1,,500,2024-07-03\n")
    assert [one.case_no for one in told.candidates] == ["DZ0701/1", "DZ0702/1"]


def test_a_workbook_with_title_subtotal_and_a_column_of_payers_keeps_no_payer(deliver: Deliver) -> None:
    rows: list[list[Any]] = [
        ["非税收入对账单"],
        ["流水号", "缴款码", "付款人", "金额(元)", "入账时间", "收支"],
        ["L20240701001", CODE, "张三", 500, "2024-07-02 08:30", "收入"],
        ["L20240701002", CODE, "李四", 500, "2024-07-02 08:31", "退付"],
        ["合计", None, None, 1000, None, None],
    ]
    told = deliver(PAGE, rows, "七月对账单.xlsx")
    assert [json.loads(one.data)["direction"] for one in told.candidates] == ["payment", "refund"]
    assert "subtotal" in told.aside
    assert "张三" not in repr(told.rows) and told.persons == []
    assert [one.reason for one in told.warnings] == ["columns_passed_over"]


TEXT = """
title: {zh: 对账}
feed: {zh: 对账}
kind: statement
station: {code: S1}
case_no: line
columns:
  line: [流水号]
  amount: {names: [金额], kind: money, unit: yuan}
  code: [缴款码]
  payer: {names: [付款人], personal: name}
  at: {names: [入账], kind: datetime}
at: at
"""


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ("data: {payment_code: code}", "missing_key"),
        ("data: {amount_fen: amount}", "missing_key"),
        ("data: {payment_code: code, amount_fen: amount, payer_digest: payer}", "unknown_key"),
        ("data: {payment_code: code, amount_fen: amount}\nfacts: {plate: code}", "key_of_other_kind"),
        ("data: {payment_code: code, amount_fen: amount}\npaid_at: code", "not_a_time_column"),
    ],
)
def test_a_page_that_would_lose_or_keep_the_wrong_things_is_none(
    page_from: Callable[[str], SourcePage], keys: str, problem: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        page_from(TEXT + keys)
    assert [one.message for one in caught.value.problems] == [problem]
