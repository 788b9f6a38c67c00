"""What a database says when it does not answer, as a problem that names the remedy and no secret."""

from __future__ import annotations

import re

DENIED = re.compile(
    r"password authentication failed|no password supplied|no pg_hba|role .* does not exist|ORA-01017"
    r"|Login failed|Access denied",
    re.I,
)
NAMED = re.compile(
    r"no such (?:table|column|function): [^\s:;]{1,60}$|unable to open database file|Connection refused"
    r"|No route to host|Network is unreachable|failed to resolve host|Name or service not known"
    r"|timeout expired|server closed the connection|file is not a database"
    r"|database \"\w{1,60}\" does not exist"
)
"""Words of drivers that hold names alone and help more than the kind of their error."""

STATES = {"57014": "view_timeout", "55P03": "view_timeout", "42501": "view_forbidden", "25006": "view_writes"}
"""PostgreSQL's SQLSTATE."""
NUMBERS = {
    1045: "view_denied", 1044: "view_denied", 1698: "view_denied", 1142: "view_forbidden",
    1143: "view_forbidden", 1370: "view_forbidden", 1792: "view_writes", 1290: "view_writes",
    3024: "view_timeout", 1969: "view_timeout", 1205: "view_timeout", 2013: "view_unreachable",
    2003: "view_unreachable", 2005: "view_unreachable", 2006: "view_unreachable",
}  # fmt: skip
"""MySQL's and MariaDB's error numbers."""


class ViewProblem(Exception):
    """Why a view could not be read: the text `reasons.<code>` and `jobs.problem.<code>`, with its parameters.

    Neither holds a secret nor a value of a row. `rows` were read before.
    """

    def __init__(self, code: str, params: dict[str, str], rows: int = 0) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params
        self.rows = rows


def fault_of(error: BaseException | None, connecting: bool, over: bool) -> tuple[str, str]:
    """The code of a driver's error, and a detail that can be shown: its name and number, and not its words,
    which may hold what a row holds. `over`: we ended the step because it took too long."""
    words = str(error)
    state = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    first = error.args[0] if error is not None and error.args else None
    number = first if isinstance(first, int) else None
    name = type(error).__name__
    detail = " ".join(str(part) for part in (name, state or number) if part)
    if named := NAMED.search(words):
        detail = named[0]
    if over or words == "interrupted":
        return "view_timeout", detail
    if state in STATES or number in NUMBERS:
        return STATES.get(str(state)) or NUMBERS[number or 0], detail
    if str(state or "").startswith("28") or DENIED.search(words):
        return "view_denied", detail
    if re.search(r"timeout expired|timed out|database is locked", words):
        return "view_timeout" if not connecting else "view_unreachable", detail
    if "readonly database" in words:
        return "view_writes", detail
    if connecting or str(state or "").startswith(("08", "57P")):
        return "view_unreachable", detail
    # Without a number it is the line that broke; but SQLite numbers nothing and has no line.
    broken = name in ("OperationalError", "InterfaceError") and not state
    return ("view_unreachable" if broken and not _of_sqlite(error) else "view_query"), detail


def _of_sqlite(error: BaseException | None) -> bool:
    return type(error).__module__ == "sqlite3"
