"""How the county's papers call codes, in Chinese."""

from __future__ import annotations

COLOURS = {
    "blue": "蓝色", "yellow": "黄色", "black": "黑色", "white": "白色", "green": "绿色",
    "yellow_green": "黄绿双拼",
}  # fmt: skip
COLOUR_NUMBERS = {"blue": "0", "yellow": "1", "black": "2", "white": "3", "green": "4", "yellow_green": "5"}
KINDS = {"truck": "载货汽车", "combination": "汽车列车"}
AUTHORITIES = {"transport": "交通", "police": "交警"}
OUTCOMES = {"fine": "罚款", "warning": "警告", "none": "不予处罚"}
PARTIES = {"citizen": "个人", "organisation": "单位"}
PROCEDURES = {"simple": "简易程序", "ordinary": "普通程序"}
CHANNELS = {
    "nontax_qr": "非税平台二维码", "nontax_web": "非税平台网上", "bank_counter": "银行柜台", "pos": "POS",
    "police_12123": "交管12123", "cash_on_spot": "现场收缴",
}  # fmt: skip
ACTIVITIES = {
    "weighed": "称重", "confirmed": "检测认定", "detained": "扣留车辆", "handed_in": "扣留移送",
    "handed_over": "移交交警", "accepted": "接受处理", "notified": "处罚告知", "stated": "陈述申辩",
    "committee": "集体讨论", "decided": "处罚决定", "pay_requested": "生成缴款码",
    "pay_failed": "缴款失败", "paid": "缴款", "pay_confirmed": "到账", "unloading": "开始卸载",
    "cargo_transferred": "转运分装", "unloaded": "卸载完成", "reweighed": "复检",
    "violation_removed": "违法状态消除", "released": "放行", "suspended": "暂停", "resumed": "恢复",
}  # fmt: skip
