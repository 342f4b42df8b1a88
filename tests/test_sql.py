"""Questions and queries: each gate, drawn queries, hostile queries, and a run with exactly the rows asked."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import time
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

from synthgen import functions, recipe, resources, schema
from synthgen.errors import RecipeError
from synthgen.model import fake
from synthgen.recipe.resources import Database as Named
from synthgen.recipe.resources import Resources
from synthgen.resources.database import Database
from synthgen.types import Fault, Given, Record
from tests.command import Synthgen
from tests.openai_server import Body, OpenAIServer, question

NURSERY = schema.shipped("templates") / "sql"
DUE = "How many orders are delivered?", "SELECT count(*) FROM orders WHERE status = 'delivered'"


@pytest.fixture(scope="module")
def kind() -> type[Record]:
    """Give the schema."""
    return schema.load(schema.find("sql", NURSERY))


@pytest.fixture(scope="module")
def shop() -> Database:
    """Give the example's database."""
    return Database(NURSERY / "shop.sql")


def _admit(kind: type[Record], base: Database | None, asked: str, query: str, second: str | None = None) -> str | None:
    """Return the code that a row falls with, or None."""
    context: dict[str, Any] = {"database": base} if base else {}
    context |= {"notes": {"second": second}} if second is not None else {}
    row = {"tables": "CREATE TABLE t (a INTEGER);", "question": asked, "sql": query}
    found = schema.admit(kind, row, context)
    return found.reason if isinstance(found, Fault) else None


GATES: list[tuple[str | None, str, str]] = [
    (None, *DUE),
    (None, "Which product costs the most?", "SELECT name FROM products ORDER BY price DESC LIMIT 1;"),
    (None, "How many orders are delivered?", "```sql\nSELECT count(*) FROM orders WHERE status = 'delivered'\n```"),
    (None, "Which herbs do we have?", "SELECT name FROM products WHERE category ILIKE '%herb%' -- 'x' is a remark"),
    (None, "Which tools are sold out?", "SELECT name FROM products WHERE category = 'tools' AND stock = 0"),
    (None, "What share of orders is returned, in percent?",
     "SELECT 100.0 * count(*) FILTER (WHERE status = 'returned') / count(*) FROM orders"),
    (None, "How many orders came in since 1 March 2024?",
     "SELECT count(*) FROM orders WHERE order_date >= DATE '2024-03-01'"),
    (None, "Names of products that cost more than 1,250 or less than two and a half?",
     "SELECT name FROM products WHERE price > 1250 OR price < 2.5 AND stock > 0 OR price = 2"),
    (None, "Average price by category, rounded?", "SELECT category, round(avg(price), 2) FROM products GROUP BY 1"),
    ("sql.fails", "How many orders are there?", "SELECT count(*) FROM order"),
    ("sql.fails", "How many orders are there?", "SELECT count(* FROM orders"),
    ("sql.fails", "How many orders are there?", "SELECT total FROM orders"),
    ("sql.fails", "How many orders are there?", "Count the orders"),
    ("sql.forbidden", "Delete all orders, please.", "DELETE FROM orders"),
    ("sql.forbidden", "Count the orders and the reviews.", "SELECT count(*) FROM orders; SELECT count(*) FROM reviews"),
    ("sql.forbidden", "Make an x of orders.", "CREATE TABLE x AS SELECT * FROM orders"),
    ("sql.forbidden", "Attach the file.", "ATTACH 'file' AS more"),
    ("sql.slow", "Count without end.",
     "WITH RECURSIVE r(n) AS (SELECT count(*) FROM orders UNION ALL SELECT n FROM r) SELECT count(*) FROM r"),
    ("sql.slow", "Count 1000000000000 twice.",
     "SELECT count(*) FROM range(1000000000000) a, range(1000000000000) b"),
    ("sql.slow", "Show all numbers up to 5000.", "SELECT * FROM range(5000)"),
    ("sql.slow", "Write x a thousand million times.", "SELECT repeat('x', 1000000000) WHERE 1000000000 = 1000000000"),
    ("sql.empty", "Which orders are lost?", "SELECT order_id FROM orders WHERE status = 'lost'"),
    ("sql.empty", "Highest price of the rockets?", "SELECT max(price) FROM products WHERE category = 'rockets'"),
    ("sql.empty", "Are pots hardy?", "SELECT hardy FROM products WHERE category = 'pots'"),
    ("sql.ungrounded", "How many orders are done?", DUE[1]),
    ("sql.ungrounded", "Which products are cheap?", "SELECT name FROM products WHERE price < 5"),
    ("sql.ungrounded", "How many orders came in since spring 2024?",
     "SELECT count(*) FROM orders WHERE order_date >= DATE '2024-03-01'"),
    ("sql.ungrounded", "Which are the best customers?", "SELECT name FROM customers ORDER BY name LIMIT 3"),
    ("sql.ungrounded", "Which products cost less than 15?", "SELECT name FROM products WHERE price < 5"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "asked", "query"), GATES, ids=lambda value: str(value)[:40])
def test_each_gate_lets_the_good_row_through_and_no_bad_one(
    kind: type[Record], shop: Database, code: str | None, asked: str, query: str
) -> None:
    """A query that fails, is no SELECT, is slow, gives nothing, or has a value of its own falls with its code."""
    assert _admit(kind, shop, asked, query) == code


SECONDS: list[tuple[str | None, str]] = [
    (None, DUE[1]),
    (None, "SELECT sum(CASE WHEN status = 'delivered' THEN 1 ELSE 0 END) FROM orders;"),
    (None, "```sql\nSELECT count(order_id) FROM orders WHERE status LIKE 'deliv%'\n```"),
    ("sql.disputed", "SELECT count(*) FROM orders"),
    ("sql.disputed", "SELECT status, count(*) FROM orders WHERE status = 'delivered' GROUP BY status"),
    ("sql.disputed", "SELECT order_id FROM orders WHERE status = 'delivered'"),
    ("sql.disputed", "I cannot answer that."),
    ("sql.disputed", "DROP TABLE orders"),
]


@pytest.mark.parametrize(("code", "second"), SECONDS)
def test_a_second_solver_must_come_to_the_same_rows(
    kind: type[Record], shop: Database, code: str | None, second: str
) -> None:
    """Another query is fine where it gives the same rows; other rows, more columns, or no query at all is a dispute."""
    assert _admit(kind, shop, *DUE, second) == code


def test_rows_are_the_same_in_any_order_of_rows_and_columns(shop: Database) -> None:
    """Rows count as often as they stand there; their order does not, nor that of the columns, nor 3 for 3.00."""
    first = shop.run("SELECT category, count(*) FROM products GROUP BY category ORDER BY 1")
    assert first.same(shop.run("SELECT count(*) * 1.00, category FROM products GROUP BY category ORDER BY 2 DESC"))
    assert not first.same(shop.run("SELECT category, count(*) + 1 FROM products GROUP BY category"))
    cities = shop.run("SELECT city FROM customers")
    assert not cities.same(shop.run("SELECT city FROM customers UNION ALL SELECT city FROM customers"))
    assert not cities.same(shop.run("SELECT membership FROM customers"))


def test_without_a_database_only_what_the_row_says_is_checked(kind: type[Record]) -> None:
    """Somebody else's row cannot be run: its values must still stand in its question."""
    assert _admit(kind, None, "How old is the head?", "SELECT age FROM head") is None
    assert _admit(kind, None, "How old is the head?", "SELECT age FROM head WHERE name = 'Jo'") == "sql.ungrounded"


@pytest.mark.parametrize(
    ("level", "query"),
    [
        (1, "SELECT name, price FROM products WHERE name <> 'group by join'"),
        (2, "SELECT category, count(*) FROM products GROUP BY category"),
        (2, "SELECT name, price, stock FROM products"),
        (2, "SELECT o.order_id FROM orders o JOIN customers c ON o.customer_id = c.customer_id"),
        (3, "SELECT name FROM products WHERE price > (SELECT avg(price) FROM products)"),
        (3, "SELECT city, count(*) FROM customers GROUP BY city HAVING count(*) > 2"),
        (
            4,
            "SELECT c.city, count(*) FROM orders JOIN customers c USING (customer_id) GROUP BY 1 HAVING 2 > (SELECT 1)",
        ),
    ],
)
def test_the_level_is_the_shape_of_the_query(kind: type[Record], level: int, query: str) -> None:
    """Joins, groups, queries inside and three columns make a row harder; what stands in a text does not."""
    fields: dict[str, Any] = {"sql": query}
    assert kind.model_construct(None, **fields).level() == level


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_drawn_queries_run_are_of_their_level_and_come_again(kind: type[Record], shop: Database, level: int) -> None:
    """A drawn query gives rows, has the shape of its level, and its plain reading has all of its values."""
    drawn = [shop.sample(Random(f"{level}/{at}"), level) for at in range(40)]
    assert drawn == [shop.sample(Random(f"{level}/{at}"), level) for at in range(40)]
    assert len({one.query for one in drawn}) > 30
    for one in drawn:
        row = {"tables": shop.schema, "question": one.reading, "sql": one.query}
        record = schema.admit(kind, row, {"database": shop})
        assert isinstance(record, Record), one
        assert record.level() == level
        assert kind.model_validate(kind.from_messages(record.messages())) == record


STATEMENTS = """CREATE TABLE "Rare Birds" (id INTEGER PRIMARY KEY, "order" VARCHAR, weight REAL, seen DATE, note TEXT);
INSERT INTO "Rare Birds" VALUES (1, 'owls', 0.5, '2024-05-01', '{{ cycler.__init__ }}'),
(2, 'owls', 1.5, '2024-06-01', 'it''s [NAME]'), (3, 'ducks', 1.25, '2023-05-01', NULL),
(4, 'ducks', 2.5, '2022-05-01', NULL);
"""


def _birds(folder: Path, suffix: str) -> Path:
    """Make the database as a file of one of the three kinds."""
    path = folder / f"birds.{suffix}"
    if suffix == "sql":
        path.write_text(STATEMENTS, encoding="utf-8")
    elif suffix == "sqlite":
        with sqlite3.connect(path) as base:
            base.executescript(STATEMENTS)
        base.close()
    else:
        import duckdb

        with duckdb.connect(str(path)) as made:
            made.execute(STATEMENTS)
    return path


@pytest.mark.parametrize("suffix", ["sql", "sqlite", "duckdb"])
def test_any_database_of_a_user_can_be_drawn_from(tmp_path: Path, suffix: str) -> None:
    """One table without keys to others, with odd names: queries of levels 1 and 2 run, and the file stays as it is."""
    path = _birds(tmp_path, suffix)
    before = path.read_bytes()
    base = resources.load(Resources(database=Named(file=path.name)), [tmp_path])["database"]
    assert isinstance(base, Database)
    assert [row["value"] for row in base.rows()] == ["Rare Birds"]
    for level in (1, 2, 3):
        for at in range(8):
            drawn = base.sample(Random(f"{level}/{at}"), level)
            assert not base.run(drawn.query).empty
    assert base.run('SELECT sum(weight) FROM "Rare Birds"').rows == [[5.75]]
    assert path.read_bytes() == before
    assert sorted(one.name for one in tmp_path.iterdir()) == [path.name]
    assert base.digest == hashlib.sha256(before).hexdigest()[:16]


def test_tables_that_give_no_such_query_say_so(tmp_path: Path) -> None:
    """Where there are no links between tables, no query joins any: level 4 of a lone column of keys is refused."""
    path = tmp_path / "keys.sql"
    path.write_text("CREATE TABLE k (id INTEGER PRIMARY KEY); INSERT INTO k VALUES (1);", encoding="utf-8")
    with pytest.raises(ValueError, match="no query of level 4"):
        Database(path).sample(Random(1), 4)


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("gone.sql", None, "there is no such database"),
        ("a.txt", "SELECT 1", "this is no database that can be opened"),
        ("b.sql", "CREATE TABLE (", "the database does not open (ParserException"),
        ("c.sql", "SELECT 1", "the database does not open (it has no tables)"),
        ("d.sqlite", "no database", "the database does not open (DatabaseError"),
        ("e.duckdb", "no database at all", "the database does not open (IOException"),
        ("f.sql", "CREATE TABLE t AS SELECT * FROM read_csv('/etc/passwd')", "does not open (PermissionException"),
        ("g.sql", "COPY (SELECT 1) TO 'x.csv'", "does not open (PermissionException"),
    ],
)
def test_a_database_that_does_not_open_is_named(tmp_path: Path, name: str, content: str | None, what: str) -> None:
    """A missing, broken, empty or hostile file is one clear error."""
    if content is not None:
        (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(RecipeError, match="database") as caught:
        Database(tmp_path / name)
    assert what in str(caught.value)
    assert name in str(caught.value)


HOSTILE = [
    "COPY orders TO '{0}/out.csv'",
    "ATTACH '{0}/out.duckdb' AS more",
    "EXPORT DATABASE '{0}/out'",
    "INSTALL httpfs",
    "LOAD '{0}/out.so'",
    "PRAGMA database_list",
    "SET enable_external_access = true",
    "SELECT * FROM read_csv('{0}/secret.csv')",
    "SELECT content FROM read_text('{0}/secret.csv')",
    "SELECT * FROM glob('{0}/*')",
    "SELECT * FROM '{0}/secret.csv'",
    "SELECT * FROM read_parquet('https://localhost/x.parquet')",
    "WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone",
    "UPDATE products SET price = price - price",
    "SELECT count(*) FROM (SELECT unnest(range(1000000000)) AS n ORDER BY n)",
    "SELECT string_agg(a.range || b.range) FROM range(100000) a, range(100000) b",
    "WITH RECURSIVE r(n) AS (SELECT count(*) FROM orders UNION ALL SELECT n + n FROM r) SELECT max(n) FROM r",
    "SELECT " + "(" * 5000 + "1" + ")" * 5000,
    "\0",
    "{{{{ cycler.__init__.__globals__ }}}}",
]


def test_hostile_queries_are_contained(shop: Database, tmp_path: Path) -> None:
    """Writing, reading, attaching, loops and hunger for memory end as a trouble, soon, and nothing outside changes."""
    (tmp_path / "secret.csv").write_text("name\nsecret\n", encoding="utf-8")
    began = time.monotonic()
    for query in HOSTILE:
        answer = shop.run(query.format(tmp_path))
        assert answer.trouble, query
        assert "secret\n" not in answer.evidence
        assert answer.rows == []
    assert time.monotonic() - began < 60
    assert [one.name for one in tmp_path.iterdir()] == ["secret.csv"]
    assert shop.run("SELECT count(*) FROM orders").rows == [[70.0]]


def test_a_query_runs_once(shop: Database) -> None:
    """The same text is answered from memory: a query that was too slow costs its second one time only."""
    query = "WITH RECURSIVE r(n) AS (SELECT count(*) FROM reviews UNION ALL SELECT n FROM r) SELECT count(*) FROM r"
    assert shop.run(query).trouble == "slow"
    began = time.monotonic()
    assert shop.run(query).trouble == "slow"
    assert time.monotonic() - began < 0.1


class Solver:
    """A model that asks the plain reading, and knows for each question the query that it came from."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}
        self.wrong: set[str] = set()

    def __call__(self, body: Body) -> str:
        """Answer as the fake model does; a question that it asked itself it solves."""
        asked = question(body)
        text = asked.messages[-1]["content"]
        wants = (asked.schema or {}).get("properties", {})
        if "second" not in wants:
            said = fake.answer(asked)
            if "question" in wants:  # and no probe of what the endpoint can do
                self.known[json.loads(said)["question"]] = text.partition("The query:\n")[2].partition("\n\n")[0]
            return said
        wanted = text.partition("Question: ")[2].partition("\n\n")[0]
        query = "SELECT count(*) FROM reviews" if len(self.wrong) < 3 else self.known[wanted]
        if len(self.wrong) < 3:
            self.wrong.add(wanted)
        return json.dumps({"second": query})


def test_exactly_the_rows_asked_with_a_second_solver(synthgen: Synthgen, tmp_path: Path) -> None:
    """Rows whose second solver errs fall as disputed and are asked anew; every level has its share in the end."""
    folder = tmp_path / "nursery"
    shutil.copytree(NURSERY, folder)
    solver = Solver()
    with OpenAIServer(answer=solver) as server:
        done = synthgen("run", folder, "--model", "test-model", "--base-url", server.url, "--rows", "20", "--json")
        before = len(server.requests)
        again = synthgen("run", folder, "--model", "test-model", "--base-url", server.url, "--rows", "20", "--json")
        assert len(server.requests) == before
    assert (done.code, done.json["kept"], again.json["kept"]) == (0, 20, 20)
    assert done.json["reasons"]["sql.disputed"] >= 1
    kept = pl.read_parquet("out/nursery/kept.parquet")
    assert sorted(kept["level"].value_counts()["count"]) == [5, 5, 5, 5]
    assert set(kept.columns) >= {"tables", "question", "sql"}
    assert "second" not in kept.columns


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Give the example with a database of somebody's own, whose values are templates."""
    folder = tmp_path / "birds"
    shutil.copytree(NURSERY, folder)
    _birds(folder, "sqlite")
    text = (folder / "recipe.yaml").read_text(encoding="utf-8").replace("shop.sql", "birds.sqlite")
    for level in ("3", "4"):
        text = text.replace(f'      - {{value: "{level}"}}\n', "")
    (folder / "recipe.yaml").write_text(text, encoding="utf-8")
    row = {
        "tables": "t", "question": "How many rare birds are owls?",
        "sql": "SELECT count(*) FROM \"Rare Birds\" WHERE \"order\" = 'owls'",
    }  # fmt: skip
    lines = (json.dumps(row | {"question": f"{ask} rare birds are owls?"}) for ask in ("How many", "Count: which"))
    (folder / "seeds.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_a_template_in_a_value_is_a_value(synthgen: Synthgen, own: Path) -> None:
    """A database with `{{ … }}` and `[NAME]` in its values goes through prompts and checks as data."""
    done = synthgen("run", own, "--model", "fake", "--rows", "6", "--json")
    assert done.code in {0, 3}, done.err
    rows = pl.read_parquet(Path(done.json["folder"]) / "candidates.parquet")
    asked = rows["row"]
    assert asked.str.contains("{{ cycler.__init__ }}", literal=True).any()
    assert not asked.str.contains("bound method", literal=True).any()


def test_the_recipe_names_the_database(tmp_path: Path) -> None:
    """A key that is misspelt below `resources` is named with the nearest that is known."""
    shutil.copytree(NURSERY, tmp_path / "n")
    path = tmp_path / "n" / "recipe.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("    file: shop.sql", "    fill: shop.sql"), "utf-8")
    with pytest.raises(RecipeError, match="did you mean 'file'"):
        recipe.load(path)


PLAIN = "the average price of the products, where the category is 'seeds'"
READ: list[tuple[str, str, str | None]] = [
    (PLAIN, "What is the average price of products where the category is 'seeds'?", None),
    (PLAIN, "Mean price of our products in the category 'seeds'?", None),
    (PLAIN, "Please tell me: what do products of the category 'seeds' cost on average, by price?", None),
    (PLAIN, "What is the price of the products, where the category is 'seeds'?", "does not say 'average'"),
    (PLAIN, "What is the average price, where the category is 'seeds'?", "nothing of produ"),
    (PLAIN, "The average price of the products, where the category is 'seeds' or 'bulbs'?", "also speaks of 'bulbs'"),
    (PLAIN, "The average price of the 3 products, where the category is 'seeds'?", "also speaks of 3"),
    ("the total discount of the order items", "The total discount of order items where it is high?", "own: 'where'"),
    ("the total discount of the order items", "The total discount of the order items, only the best?", "own: 'only'"),
    ("the total discount of the order items", "What is the sum of all discounts of order items?", None),
]


@pytest.mark.parametrize(("reading", "asked", "said"), READ)
def test_a_small_models_question_keeps_to_the_reading(reading: str, asked: str, said: str | None) -> None:
    """What the question loses of the plain reading, and each value or condition that it adds, is no row."""
    keep, _ = functions.load("query.py:keep", [schema.shipped("templates") / "sql"], "steps")
    given = Given(Random(0), {}, {}, {"reading": reading, "question": asked}, [], {})
    if said is None:
        assert keep(given) == {"kept": "yes"}
        return
    with pytest.raises(ValueError, match=said):
        keep(given)
