"""Event logs in XES: what becomes of attributes, and files that are refused."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest.tables import xes
from ingest.tables.delimited import RefusedRow
from ingest.tables.fault import TableError
from ingest.tables.limits import Limits
from ingest.tables.open import Kind, kind_of
from ingest.tables.xes import open_xes
from tests.long import examples

LOG = """<?xml version="1.0" encoding="{encoding}"?>
<!-- made by hand -->
<log xes.version="1849.2016" {space}>
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <global scope="event"><string key="concept:name" value="unknown"/></global>
  <string key="concept:name" value="a log"/>
  <trace>
    <string key="concept:name" value="A1"/>
    <event>
      <string key="concept:name" value="检测认定"/>
      <float key="gross" value="5.23E4"/>
      <int key="axles" value="6"/>
      <list key="officers">
        <values><string key="who" value="O1"/><string key="who" value="O2"/></values>
      </list>
    </event>
    <event><string key="concept:name" value="放行"><string key="by" value="O3"/></string></event>
    <string key="plate" value="晋D12345"/>
  </trace>
  <trace/>
  <event><string key="concept:name" value="nowhere"/></event>
</log>
"""


def log(tmp_path: Path, body: str, name: str = "log") -> Path:
    path = tmp_path / name
    path.write_text(body, encoding="utf-8")
    return path


def plain(space: str = 'xmlns="http://www.xes-standard.org/"', encoding: str = "UTF-8") -> str:
    return LOG.format(space=space, encoding=encoding)


@pytest.mark.parametrize("space", ["", 'xmlns="http://www.xes-standard.org/"'])
@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16", "GBK"])
@pytest.mark.parametrize("packed", [False, True])
def test_every_event_carries_its_attributes_and_those_of_its_trace(
    tmp_path: Path, space: str, encoding: str, packed: bool
) -> None:
    path = tmp_path / "log"
    content = plain(space, encoding).encode(encoding)
    path.write_bytes(gzip.compress(content) if packed else content)
    assert kind_of(path) is Kind.XES
    assert list(open_xes(path)) == [
        (
            1,
            {
                "case:concept:name": "A1",
                "case:plate": "晋D12345",
                "concept:name": "检测认定",
                "gross": "52300",
                "axles": "6",
                "officers/who": "O1",
                "officers/who/2": "O2",
            },
        ),
        (
            2,
            {
                "case:concept:name": "A1",
                "case:plate": "晋D12345",
                "concept:name": "放行",
                "concept:name/by": "O3",
            },
        ),
        (3, {"concept:name": "nowhere"}),
    ]


BOMB = '<!DOCTYPE log [<!ENTITY a "aaaaaaaaaa">{}]>'.format(
    "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
)
EXTERNAL = '<!DOCTYPE log [<!ENTITY i SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("doctype", [BOMB, EXTERNAL, '<!DOCTYPE log SYSTEM "http://127.0.0.1/log.dtd">'])
@pytest.mark.parametrize("where", ['<string key="a" value="{}"/>', '<string key="a" value="1">{}</string>'])
@pytest.mark.parametrize("before", ["", "<!--" + "x" * 100_000 + "-->"])
def test_a_file_that_declares_entities_is_refused_before_any_is_expanded(
    tmp_path: Path, doctype: str, where: str, before: str
) -> None:
    entity = where.format("&i;")
    path = log(tmp_path, f"{before}{doctype}<log><trace><event>{entity}</event></trace></log>")
    with pytest.raises(TableError, match="xml_doctype"):
        list(open_xes(path))


def test_what_stands_before_the_damage_is_read(tmp_path: Path) -> None:
    path = log(tmp_path, plain()[: plain().index("<trace/>")])
    events = open_xes(path)
    assert [next(events)[0], next(events)[0]] == [1, 2]
    with pytest.raises(TableError) as caught:
        next(events)
    assert (caught.value.code, caught.value.params["line"]) == ("broken_xml", "20")


def test_elements_too_deep_are_damage_and_not_a_crash(tmp_path: Path) -> None:
    deep = '<string key="a" value="1">' * 100_000 + "</string>" * 100_000
    with pytest.raises(TableError, match="broken_xml"):
        list(open_xes(log(tmp_path, f"<log><trace><event>{deep}</event></trace></log>")))


def test_an_event_that_says_a_thing_twice_is_refused_alone(tmp_path: Path) -> None:
    twice = '<string key="a" value="1"/><string key="a" value="2"/>'
    body = f'<log><trace><event>{twice}</event><event><string key="a" value="3"/></event></trace></log>'
    (_, first), second = open_xes(log(tmp_path, body))
    assert isinstance(first, RefusedRow)
    assert (first.fault.code, first.fault.params) == ("attribute_twice", {"row": "1"})
    assert second == (2, {"a": "3"})


def test_what_is_no_element_says_nothing(tmp_path: Path) -> None:
    tool = '<?tool key="a" value="1"?>'
    body = f"<log>{tool}<trace>{tool}<event><!-- b -->{tool}</event></trace></log>"
    assert list(open_xes(log(tmp_path, body))) == [(1, {})]


@pytest.mark.parametrize(
    "content",
    [
        b'<?xml version="1.0" encoding="nowhere"?><log/>',
        b'<log><trace><event><string key="a" value="\xff"/></event></trace></log>',
        b'<log><trace><event><string key="a" value="&who;"/></event></trace></log>',
        b"<log><trace></log>",
    ],
)
def test_what_is_not_well_formed_is_named_with_its_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "log"
    path.write_bytes(content)
    with pytest.raises(TableError) as caught:
        list(open_xes(path))
    assert (caught.value.code, caught.value.params) == ("broken_xml", {"line": "1"})


def test_more_attributes_or_events_than_the_limits_allow_are_refused(tmp_path: Path) -> None:
    many = "".join(f'<string key="k{n}" value="v"/>' for n in range(6))
    path = log(tmp_path, f"<log><trace><event>{many}</event><event/></trace></log>")
    (_, first), _ = open_xes(path, Limits(columns=5))
    assert isinstance(first, RefusedRow) and first.fault.code == "too_many_columns"
    with pytest.raises(TableError, match="too_many_rows"):
        list(open_xes(path, Limits(rows=1)))


def test_a_plain_trace_of_too_many_events_tells_those_within_the_limit(tmp_path: Path) -> None:
    trace = "<trace>" + '<event><string key="a" value="1"/></event>' * 3 + "</trace>"
    found = open_xes(log(tmp_path, f"<log>{trace * 2}</log>"), Limits(rows=5))
    numbers = []
    with pytest.raises(TableError, match="too_many_rows"):
        for number, _ in found:
            numbers.append(number)
    assert numbers == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("body", ["<?xml version='1.0'?><catalog><log/></catalog>", "<logs/>"])
def test_other_xml_is_no_event_log(tmp_path: Path, body: str) -> None:
    path = log(tmp_path, body)
    if body.startswith("<?xml"):
        with pytest.raises(TableError, match="unknown_format"):
            kind_of(path)
    else:
        assert kind_of(path) is not Kind.XES


@pytest.mark.parametrize(
    ("body", "element"),
    [
        ("<log><trace>\n<event><event/></event></trace></log>", "event"),
        ("<log><trace>\n<trace/></trace></log>", "trace"),
        ('<log><global scope="event">\n<event/></global></log>', "event"),
        ('<log><trace><string key="a" value="1">\n<event/></string></trace></log>', "event"),
        ("<log>\n<log/></log>", "log"),
    ],
)
def test_what_stands_where_it_cannot_is_named_with_its_line(tmp_path: Path, body: str, element: str) -> None:
    first = '<log><trace><event><string key="a" value="1"/></event></trace>'
    events = open_xes(log(tmp_path, body.replace("<log>", first, 1)))
    assert next(events) == (1, {"a": "1"})
    with pytest.raises(TableError) as caught:
        next(events)
    assert caught.value.code == "misplaced_element"
    assert caught.value.params == {"line": "2", "element": element}


def test_a_cut_gzip_is_named_and_what_came_before_is_read(tmp_path: Path) -> None:
    traces = "".join(
        f'<trace><event><string key="a" value="{n * 7919 % 10_007}"/></event></trace>' for n in range(60_000)
    )
    path = tmp_path / "log"
    path.write_bytes(gzip.compress(f"<log>{traces}</log>".encode())[:-2_000])
    got = []
    with pytest.raises(TableError, match="truncated_gzip"):
        for number, _ in open_xes(path):
            got.append(number)
    assert len(got) > 10_000


def test_bytes_that_are_no_text_are_named_and_what_came_before_is_read(tmp_path: Path) -> None:
    path = tmp_path / "log"
    good = '<trace>\n<event><string key="a" value="1"/></event></trace>\n' * 3
    path.write_bytes(
        f"<log>\n{good}<trace><event>".encode() + b'<string key="a" value="\xff"/></event></trace>'
    )
    events = open_xes(path)
    assert [next(events)[0] for _ in range(3)] == [1, 2, 3]
    with pytest.raises(TableError) as caught:
        next(events)
    assert (caught.value.code, caught.value.params) == ("broken_xml", {"line": "8"})


def test_an_extension_nobody_declared_or_knows_stops_nothing(tmp_path: Path) -> None:
    own = '<string key="scale:slip" value="S1"/><id key="identity:id" value="x"/>'
    body = f'<log><extension name="Y" prefix="y" uri="z"/><trace><event>{own}</event></trace></log>'
    assert list(open_xes(log(tmp_path, body))) == [(1, {"scale:slip": "S1", "identity:id": "x"})]


PLAIN = """<?xml version="1.0" encoding="UTF-8"?>
<log xmlns="http://www.xes-standard.org/">
  <global scope="event"><string key="a" value="x"/></global>
  <trace><string key="no" value="1"/>
    <event><string key="a" value="检测"/><float key="w" value="5.5"/></event>
  </trace>
  <trace><string key="no" value="2"/>
    <event><string key="a" value="放行 &gt; 1"/><date key="t" value="2024-07-01T08:00:00+08:00"/></event>
    <event><string key="a" value="c"/><boolean key="b" value="true"/></event>
  </trace>
  <!-- <trace><event/></trace> -->
  <trace><event><int key="n" value="7"/></event></trace>
  <trace><string key="no" value="4"/>
    <event><string key="a" value="d"/><string key="case:no" value="5"/></event></trace>
  <trace><string key="no" value="6"/><event><float key="w" value="2.5"/></event>
    <event><string key="a" value="称重"/></event></trace>
  <trace><event><float key="w" value="1E3"/></event></trace>
</log>
"""
PIECES = (
    "<", ">", '"', "&", "&amp;", "/", "<!--", "-->", "<![CDATA[", "]]>", "<trace>", "</trace>", "<event>",
    "</event>", "</log>", "<trace/>", '<string key="a" value="1"/>', "\x00", "\x0b", "\uffff", "\u00a0",
    "<?p ?>", "'", "=", "<!DOCTYPE log>", 'key="a" ', ' value="', ' value=""', ' value="e" ', "E2",
)  # fmt: skip


def heard(path: Path) -> tuple[list[object], object]:
    """Everything read, and how it ended."""
    got: list[object] = []
    try:
        got.extend(open_xes(path))
    except TableError as error:
        return got, (error.code, error.params)
    return got, None


@settings(max_examples=examples(200), deadline=None)
@given(
    changes=st.lists(
        st.tuples(st.integers(0, len(PLAIN)), st.integers(0, 12), st.sampled_from(("", *PIECES))), max_size=3
    ),
    chunk=st.sampled_from((7, 64, 100_000)),
)
@example(changes=[], chunk=100_000)
@example(changes=[(PLAIN.index("<trace>"), 0, "<!--")], chunk=7)
def test_the_quick_way_reads_what_the_parser_reads(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int, str]], chunk: int
) -> None:
    text = PLAIN
    for place, gone, piece in changes:
        text = text[:place] + piece + text[place + gone :]
    path = log(tmp_path_factory.getbasetemp(), text, "changed.xes")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(xes, "_CHUNK", chunk)
        quick = heard(path)
        patch.setattr(xes._Reader, "_plain", lambda self, text: False)
        assert quick == heard(path)


def test_most_traces_go_the_quick_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = log(tmp_path, PLAIN)
    plain: list[int] = []
    monkeypatch.setattr(xes.LogListener, "plain_trace", lambda self, trace: plain.append(len(trace.told())))
    list(open_xes(path))
    # not the first, by which the parser knows where it is; nor entities, what follows a comment, a name of
    # the trace told anew, the exponent
    assert plain == [2]
