"""What rows are drawn from and held against, beside seeds: files that a recipe names."""

from __future__ import annotations

from pydantic import Field

from synthgen.recipe.model import Part


class Database(Part):
    """A database: queries run on it, read-only and with limits, and are drawn from its tables and values."""

    file: str = Field(
        description="A file of statements that make tables and rows (`.sql`), a DuckDB file (`.duckdb`) or a SQLite "
        "file (`.sqlite`), beside the recipe or in the task's template folder."
    )


class Resources(Part):
    """What rows are drawn from and held against. A step's function gets each by its name, and so does the schema."""

    database: Database | None = Field(None, description="A database for queries.")
