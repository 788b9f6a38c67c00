"""The least that loads the log of fines: pandas.read_csv, rows to tuples, executemany into one table.

python tests/bench/bare_load.py LOG DATABASE
"""

from __future__ import annotations

import sqlite3
import sys

import pandas as pd


def main(log: str, database: str) -> None:
    frame = pd.read_csv(log, dtype=str, keep_default_na=False).astype(object)
    rows = list(frame.itertuples(index=False, name=None))
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    columns = ", ".join(f'"{name}"' for name in frame.columns)
    connection.execute(f"CREATE TABLE events ({columns})")
    connection.executemany(f"INSERT INTO events VALUES ({', '.join('?' * len(frame.columns))})", rows)
    connection.commit()
    connection.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
