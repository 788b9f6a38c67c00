"""A payment notice as a page to print: one sheet of A4, no scripts, nothing from elsewhere."""

from __future__ import annotations

from html import escape

import segno

from monitor.payments.sheet import Sheet

LANGUAGES = {"zh": "zh-CN", "en": "en"}

STYLE = """
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0;background:#F4F6F8;color:#16202A;font:16px/1.5 "Noto Sans CJK SC","Noto Sans SC",
"Source Han Sans SC","Microsoft YaHei","PingFang SC",sans-serif}
main{max-width:720px;margin:24px auto;padding:32px;background:#fff;border:1px solid #D3DBE2}
header{display:flex;flex-wrap:wrap;justify-content:space-between;align-items:baseline;gap:4px 16px;
border-bottom:2px solid #16202A;padding-bottom:8px}
h1{font-size:26px;margin:0}h2{font-size:16px;margin:24px 0 8px}
.badge{border:1px solid #6B4500;color:#6B4500;background:#FFF3D9;padding:2px 8px}
.standing{font-weight:600;margin:16px 0 0}
.pay{display:grid;grid-template-columns:1fr 220px;gap:24px;align-items:start}
.amount{font-size:34px;font-weight:700;font-variant-numeric:tabular-nums;margin:0;line-height:1.2}
.label{color:#51606E;font-size:14px;margin:12px 0 0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:6px 16px;margin:16px 0 0}
dt{color:#51606E}dd{margin:0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
figure{margin:16px 0 0}figure img{width:220px;height:220px;display:block}
figcaption{font-size:14px;overflow-wrap:anywhere}figcaption p{margin:4px 0 0}
table{border-collapse:collapse;width:100%}th,td{text-align:left;font-weight:400;padding:6px 12px 6px 0;
border-top:1px solid #D3DBE2;vertical-align:top}
td.open,td.closed,td.unknown{white-space:nowrap}
.open{font-weight:600}.closed,.unknown{color:#51606E}
.notes{font-size:14px;margin:24px 0 0;padding-left:20px}
footer{margin-top:24px;font-size:14px;color:#51606E;display:flex;flex-wrap:wrap;
justify-content:space-between;gap:4px 16px}
a{color:#0B5CAD}
@media(max-width:600px){main{margin:0;padding:20px;border:0}.pay{grid-template-columns:1fr}}
@media print{@page{size:A4;margin:15mm}body{background:#fff}main{border:0;margin:0;padding:0;max-width:none}
.pay{grid-template-columns:1fr 220px}.screen{display:none}}
"""


def notice_html(sheet: Sheet, language: str, pdf: str, pdf_label: str) -> str:
    """The page; `pdf` is the address of the same notice as PDF."""
    badge = f'<span class="badge">{escape(sheet.badge)}</span>' if sheet.badge else ""
    rows = "".join(f"<dt>{escape(label)}</dt><dd>{escape(value)}</dd>" for label, value in sheet.rows)
    amount = ""
    if sheet.amount:
        label = f'<p class="label">{escape(sheet.amount_label)}</p>'
        amount = f'{label}<p class="amount">{escape(sheet.amount)}</p>'
    lines = "".join(f"<li>{escape(note)}</li>" for note in sheet.notes)
    notes = f'<ul class="notes">{lines}</ul>' if lines else ""
    return (
        f'<!DOCTYPE html><html lang="{LANGUAGES.get(language, language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="robots" content="none">'
        f"<title>{escape(sheet.title)}</title><style>{STYLE}</style></head><body><main>"
        f"<header><h1>{escape(sheet.title)}</h1><span>{escape(sheet.station)}</span>{badge}</header>"
        f'<p class="standing">{escape(sheet.standing)}</p>'
        f'<div class="pay"><div>{amount}<dl>{rows}</dl></div>{_figure(sheet)}</div>'
        f"{_channels(sheet)}{notes}"
        f"<footer><span>{escape(sheet.made)}</span>"
        f'<a class="screen" href="{escape(pdf, quote=True)}">{escape(pdf_label)}</a></footer>'
        "</main></body></html>"
    )


def _figure(sheet: Sheet) -> str:
    notes = "".join(f"<p>{escape(note)}</p>" for note in sheet.qr_notes)
    if sheet.url is None:
        return f"<figure><figcaption>{notes}</figcaption></figure>" if notes else ""
    picture = segno.make(sheet.url, error="m", micro=False).svg_data_uri(border=4, scale=4)
    return (
        f'<figure><img src="{escape(picture, quote=True)}" alt="{escape(sheet.qr_title, quote=True)}">'
        f"<figcaption><strong>{escape(sheet.qr_title)}</strong>{notes}</figcaption></figure>"
    )


def _channels(sheet: Sheet) -> str:
    if not sheet.channels:
        return ""
    lines = "".join(
        f'<tr><th scope="row">{escape(one.name)}</th><td class="{one.state}">{escape(one.said)}</td>'
        f"<td>{escape(one.hours)}</td></tr>"
        for one in sheet.channels
    )
    return f"<h2>{escape(sheet.channels_title)}</h2><table><tbody>{lines}</tbody></table>"


def missing_html(said: str, language: str) -> str:
    """A page of one sentence, for a case that is not there."""
    return (
        f'<!DOCTYPE html><html lang="{LANGUAGES.get(language, language)}"><head><meta charset="utf-8">'
        f"<title>{escape(said)}</title><style>{STYLE}</style></head><body><main>"
        f"<p>{escape(said)}</p></main></body></html>"
    )
