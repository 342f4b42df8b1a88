"""DuckDB inside the sandbox: it opens a database to be read only, and runs one query of somebody else's at a time.

This file runs in a process of its own (`synthgen.sandbox.Kept`) and imports nothing of synthgen.
"""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

import duckdb

MEMORY = "256MB"
"""What a query may hold; more is an error of DuckDB's, long before the process has to die of it."""
VALUES = 200
"""The most frequent values of a column that are told of it."""
BATCH = 200
"""Rows of a SQLite table that are copied at once."""

_open: dict[str, duckdb.DuckDBPyConnection] = {}


def _connect(file: str, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    """Open a database that can reach no other file, no network and no extension."""
    settings: dict[str, Any] = {"threads": "1", "memory_limit": MEMORY}
    settings |= {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    base = duckdb.connect(file, read_only=read_only, config=settings)
    base.execute("SET temp_directory = ''")
    base.execute("SET enable_external_access = false")
    return base


def _opened(file: str) -> duckdb.DuckDBPyConnection:
    """Return the connection, made at the first call: what is no DuckDB file is copied into one beside us."""
    if file not in _open:
        if file.endswith(".duckdb"):
            target = file
        else:
            target = str(Path("made.duckdb").resolve())
            Path(target).unlink(missing_ok=True)
            making = _connect(target, read_only=False)
            if file.endswith(".sqlite"):
                _copy(file, making)
            else:
                making.execute(Path(file).read_text(encoding="utf-8"))
            making.close()
        _open[file] = _connect(target, read_only=True)
        _open[file].execute("SET lock_configuration = true")
    return _open[file]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _kind(declared: str) -> str:
    """Return DuckDB's type for a declared one of SQLite's, by SQLite's own rules of affinity."""
    said = declared.upper()
    for part, kind in (
        ("INT", "BIGINT"), ("BOOL", "BOOLEAN"), ("DATETIME", "TIMESTAMP"), ("TIMESTAMP", "TIMESTAMP"), ("DATE", "DATE"),
        ("CHAR", "VARCHAR"), ("CLOB", "VARCHAR"), ("TEXT", "VARCHAR"), ("BLOB", "BLOB"), ("REAL", "DOUBLE"),
        ("FLOA", "DOUBLE"), ("DOUB", "DOUBLE"), ("NUM", "DOUBLE"), ("DEC", "DOUBLE"),
    ):  # fmt: skip
        if part in said:
            return kind
    return "VARCHAR"


def _copy(file: str, target: duckdb.DuckDBPyConnection) -> None:
    """Copy the tables of a SQLite file."""
    source = sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)
    names = [name for (name,) in source.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    for name in (name for name in names if not name.startswith("sqlite_")):
        columns = source.execute(f"PRAGMA table_info({_quoted(name)})").fetchall()
        keys = [_quoted(one[1]) for one in sorted(columns, key=lambda one: one[5]) if one[5]]
        parts = [f"{_quoted(one[1])} {_kind(one[2])}{' NOT NULL' if one[3] else ''}" for one in columns]
        parts += [f"PRIMARY KEY ({', '.join(keys)})"] if keys else []
        target.execute(f"CREATE TABLE {_quoted(name)} ({', '.join(parts)})")
        rows = source.execute(f"SELECT * FROM {_quoted(name)}")
        while batch := rows.fetchmany(BATCH):
            marks = ", ".join(f"({', '.join('?' * len(columns))})" for _ in batch)
            target.execute(f"INSERT INTO {_quoted(name)} VALUES {marks}", [value for row in batch for value in row])
    source.close()


def _sqlite_links(file: str) -> list[dict[str, Any]]:
    source = sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)
    found: dict[tuple[str, int], dict[str, Any]] = {}
    for (name,) in source.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall():
        for number, _, to, own, theirs, *_ in source.execute(f"PRAGMA foreign_key_list({_quoted(name)})").fetchall():
            link = found.setdefault((name, number), {"table": name, "columns": [], "to": to, "keys": []})
            link["columns"].append(own)
            link["keys"].append(theirs)
    source.close()
    return list(found.values())


def describe(file: str) -> dict[str, Any]:
    """Return the tables of a database: columns with types and frequent values, keys, and links between tables."""
    base = _opened(file)
    tables: dict[str, dict[str, Any]] = {}
    for table, column, kind, nullable in base.execute(
        "SELECT table_name, column_name, data_type, is_nullable FROM duckdb_columns() "
        "WHERE NOT internal AND schema_name = 'main' ORDER BY table_name, column_index"
    ).fetchall():
        one = tables.setdefault(table, {"name": table, "columns": [], "keys": [], "rows": 0})
        one["columns"].append({"name": column, "type": kind, "needed": not nullable})
    links = _sqlite_links(file) if file.endswith(".sqlite") else []
    for table, kind, columns, to, theirs in base.execute(
        "SELECT table_name, constraint_type, constraint_column_names, referenced_table, referenced_column_names "
        "FROM duckdb_constraints() WHERE schema_name = 'main' ORDER BY table_name, constraint_index"
    ).fetchall():
        if kind == "PRIMARY KEY":
            tables[table]["keys"] = columns
        elif kind == "FOREIGN KEY" and to:
            links.append({"table": table, "columns": columns, "to": to, "keys": theirs})
    for table in tables.values():
        _fill(base, table)
    words = base.execute(
        "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category <> 'unreserved' ORDER BY ALL"
    ).fetchall()
    return {"tables": list(tables.values()), "links": links, "words": [word for (word,) in words]}


def _fill(base: duckdb.DuckDBPyConnection, table: dict[str, Any]) -> None:
    """Say of a table how many rows it has, and of each column its most frequent values."""
    name = _quoted(table["name"])
    found = base.execute(f"SELECT count(*) FROM {name}").fetchone()
    table["rows"] = found[0] if found else 0
    for column in table["columns"]:
        own = _quoted(column["name"])
        rows = base.execute(
            f"SELECT CAST({own} AS VARCHAR), count(*) FROM {name} WHERE {own} IS NOT NULL "
            f"GROUP BY {own} ORDER BY count(*) DESC, 1 LIMIT {VALUES}"
        ).fetchall()
        column["values"] = [[value, times] for value, times in rows]


def ask(file: str, query: str, most: int) -> dict[str, Any]:
    """Run one query.

    Args:
        file: the database.
        query: what somebody wrote.
        most: how many rows it may give.

    Returns:
        `columns` and `rows`; where there are none of them `trouble`, as `synthgen.resources.database.Answer` has it,
        and `evidence`.
    """
    base = _opened(file)
    try:
        statements = base.extract_statements(query)
        kinds = [str(one.type).rpartition(".")[2] for one in statements]
        if kinds != ["SELECT"]:
            return {
                "trouble": "forbidden",
                "evidence": f"one SELECT is wanted, and not {', '.join(kinds) or 'nothing'}",
            }
        cursor = base.execute(statements[0])
        rows = cursor.fetchmany(most + 1)
    except (duckdb.Error, MemoryError) as error:
        return {"trouble": _trouble(error), "evidence": str(error).partition("\n\n")[0][:300]}
    if len(rows) > most:
        return {"trouble": "slow", "evidence": f"it gives more than {most} rows"}
    columns = [str(one[0]) for one in cursor.description or []]
    return {"columns": columns, "rows": [[_plain(value) for value in row] for row in rows]}


def _trouble(error: BaseException) -> str:
    if isinstance(error, duckdb.OutOfMemoryException | MemoryError):
        return "slow"
    shut = isinstance(error, duckdb.PermissionException | duckdb.InvalidInputException)
    return "forbidden" if shut and re.search(r"disabled|read-only|locked", str(error)) else "fails"


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a database holds
    """Return a value as JSON has it, so that 3, 3.0 and a decimal 3.00 are one."""
    if value is None or isinstance(value, bool | str):
        return value
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return str(value)[:2000]
    return float(f"{number:.9g}") if abs(number) < 1e300 else str(value)
