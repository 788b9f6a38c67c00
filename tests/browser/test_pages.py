"""Every page in both languages, in light and dark, at desk, phone and wall: whole, readable and at home."""

from __future__ import annotations

import re

import pytest
from axe_core_python.base import AXE_SCRIPT
from playwright.sync_api import Page, Response

from tests.browser.addresses import ADDRESSES, UNFAMILIAR, address
from tests.browser.conftest import DESK, PHONE, WALL, Reading, settle
from tests.browser.reading import CLIPS, SAID
from tests.browser.served import Served

pytestmark = pytest.mark.browser

NARROW = (360, 740)
"""The least that is common among officers' phones."""

GRAVE = """() => axe.run(document, { resultTypes: ['violations'] }).then(told => told.violations
  .filter(one => one.impact === 'serious' || one.impact === 'critical')
  .map(one => one.id + ': ' + one.nodes.slice(0, 4).map(node => node.target.join(' ') + ' ' +
    ((node.any[0] || {}).message || '')).join(' | ')))"""

ENGLISH = ("/", "case: most findings")
"""Pages that are read in English each time, not in long runs alone: between them they have most parts."""

RARE = ("case: on time", "case: not held", "case: no deadline", "case: undetermined", "case: implausible")
"""Cases whose pages are like others but for a line: read in long runs alone."""
WATCHED = """window.broken = []; document.addEventListener('securitypolicyviolation',
  event => window.broken.push(event.violatedDirective + ' ' + event.blockedURI))"""

LATIN = re.compile(r"[A-Za-z]{2,}")
CJK = re.compile(r"[\u3400-\u9fff]")
NOT_WORDS = [
    re.compile(pattern)
    for pattern in (
        r"[\w.-]+\.(xlsx|xls|csv|tsv|jsonl|json)",  # names of files
        r"[\w/-]+\.yaml",  # files of the configuration
        r"(?<![\w])[A-Z]{1,4}-?\d[\w-]*",  # case numbers
        r"R-\d{8}-\S+",  # case numbers of the Record page
        r"\d\s?(kg|t|MB)\b|\bkg\b",  # units of the law, and of files
        r"\b(CSV|TSV|XLSX|XLS|HTML|JSON|XES|Parquet|YAML|GB|JT|JTG|POS)\b",  # formats, cards
        r"/[\w/.-]+",  # addresses
    )
]
"""Latin letters that no Chinese page would put into Chinese."""
NAMES = [
    re.compile(pattern)
    for pattern in (
        r"[\u4e00-\u9fff][A-Z]·?[A-Z0-9*·]{3,}",  # plates: the sign of the province, then letters
        r"[\w.\u4e00-\u9fff()()-]+\.(xlsx|xls|csv|tsv|jsonl|json)",  # names of files
        r"〔\d{4}〕\d+号",  # numbers of documents
        r"\d{4}年\d+月",  # sheets of a ledger
    )
]
"""Chinese characters that an English page shows as they are."""


@pytest.fixture(scope="module")
def told(county: Served) -> list[str]:
    """What sources wrote and how deliveries are called: shown as it came, whatever the page's language."""
    return sorted(county.told(), key=len, reverse=True)


def grave(page: Page) -> list[str]:
    """What axe-core calls serious or critical. Run from outside the page, so its policy does not matter."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(GRAVE)
    return found


def resized(page: Page, size: tuple[int, int]) -> Page:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    settle(page)
    return page


def in_dark(page: Page) -> Page:
    page.evaluate("document.documentElement.setAttribute('data-mantine-color-scheme', 'dark')")
    return page


def left_over(page: Page, language: str, told: list[str]) -> list[str]:
    """Words of the other language."""
    foreign, kept = (LATIN, NOT_WORDS) if language == "zh" else (CJK, NAMES)
    found = []
    for text in page.evaluate(SAID):
        rest = text
        for source in told:
            rest = rest.replace(source, "")
        for pattern in kept:
            rest = pattern.sub("", rest)
        if foreign.search(rest):
            found.append(text)
    return found


def against_its_policy(page: Page, answers: list[Response]) -> list[str]:
    """What the page did against the policy that it is served with, or had no answer for; and a policy that
    would allow any script."""
    policy = answers[0].headers["content-security-policy"]
    found: list[str] = page.evaluate("window.broken")
    found += [answer.url for answer in answers if answer.status >= 400]
    if "script-src 'self'" not in policy or "'unsafe-eval'" in policy:
        found.append(policy)
    if "'unsafe-inline'" in policy.split("script-src")[1].split(";")[0]:
        found.append(policy)
    return found


def no(faults: dict[str, list[str]]) -> None:
    """Fails with every fault, each on a line of its own."""
    told = [f"{where}: {fault}" for where, found in faults.items() for fault in found]
    if told:
        pytest.fail("\n" + "\n".join(told), pytrace=False)


def test_every_page_with_a_part_in_its_address_has_an_example_here() -> None:
    assert UNFAMILIAR == []


@pytest.mark.parametrize(
    ("name", "language"),
    [
        pytest.param(
            name,
            language,
            marks=pytest.mark.full if name in RARE or (language == "en" and name not in ENGLISH) else (),
        )
        for name in ADDRESSES
        for language in ("zh", "en")
    ],
)
def test_a_page_is_whole_readable_and_at_home(
    county: Served, reader: Reading, told: list[str], name: str, language: str
) -> None:
    who = reader(county, DESK, language)
    answers: list[Response] = []
    who.context.on("response", lambda answer: answers.append(answer))
    who.context.add_init_script(WATCHED)
    page = who.open(address(name, county))
    faults = {
        "policy": against_its_policy(page, answers),
        "desk": page.evaluate(CLIPS),
        "words": left_over(page, language, told),
        "axe": grave(page),
        "phone": resized(page, PHONE).evaluate(CLIPS),
        "narrow": resized(page, NARROW).evaluate(CLIPS),
    }
    if language == "zh":  # colours and structure are the same in both languages
        faults["axe on a phone in the dark"] = grave(in_dark(page))
    no({**faults, "elsewhere": who.elsewhere, "complaints": who.complaints})


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_wall_is_whole_readable_and_at_home(
    county: Served, reader: Reading, told: list[str], language: str
) -> None:
    who = reader(county, WALL, language)
    page = who.open("/?wall=1")
    no(
        {
            "wall": page.evaluate(CLIPS),
            "words": left_over(page, language, told),
            "axe": grave(page),
            "elsewhere": who.elsewhere,
            "complaints": who.complaints,
        }
    )
