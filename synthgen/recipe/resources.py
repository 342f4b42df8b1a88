"""What rows are drawn from and held against, beside seeds: files that a recipe names."""

from __future__ import annotations

from pydantic import Field, model_validator

from synthgen.recipe.model import Part


class Documents(Part):
    """A folder of documents, read in chunks; `vary` draws them, and each document is dealt to one split."""

    folder: str = Field(description="A folder beside the recipe with Markdown, text, HTML or PDF files, at any depth.")
    words: int = Field(
        300, ge=20, le=5000, description="Most words of one chunk; it ends at a heading or a paragraph before."
    )


class Tools(Part):
    """Functions that an assistant can call."""

    file: str | None = Field(
        None,
        description="OpenAI `tools` as JSON, an MCP server's answer to `tools/list`, an OpenAPI document (JSON "
        "or YAML), or Python functions.",
    )
    command: list[str] = Field(
        default_factory=list,
        description="Instead of a file: the command of an MCP server that speaks over standard input and output.",
    )
    names: list[str] = Field(default_factory=list, description="The tools to take; left out = all.")
    run: str | None = Field(
        None,
        description="A Python file whose functions of the same names are run, each in a process of its own; left out "
        "= the file itself, where it is one.",
    )
    answers: str | None = Field(
        None, description="Instead of running: JSONL of `name`, `arguments` and `result`; only these calls are drawn."
    )
    seconds: float = Field(5, gt=0, le=600, description="What one call may take by the clock.")
    mebibytes: int = Field(1024, ge=64, description="What one call may take of memory.")

    @model_validator(mode="after")
    def _one_source(self) -> Tools:
        if bool(self.file) == bool(self.command):
            message = "give a file or a command, and one of them only"
            raise ValueError(message)
        if self.run and self.answers:
            message = "calls are run, or their answers are recorded: give `run` or `answers`"
            raise ValueError(message)
        return self


class Shape(Part):
    """What records look like that are read out of texts."""

    file: str = Field(description="A JSON Schema (`ticket.schema.json`), or a pydantic model (`ticket.py:Ticket`).")


class Database(Part):
    """A database: queries run on it, read-only and with limits, and are drawn from its tables and values."""

    file: str = Field(
        description="A file of statements that make tables and rows (`.sql`), a DuckDB file (`.duckdb`) or a SQLite "
        "file (`.sqlite`), beside the recipe or in the task's template folder."
    )


class Resources(Part):
    """What rows are drawn from and held against. A step's function gets each by its name, and so does the schema."""

    documents: Documents | None = Field(None, description="Documents that rows are drawn from.")
    tables: dict[str, str] = Field(
        default_factory=dict, description="Tables to look things up in: a JSONL, CSV or Parquet file by name."
    )
    tools: Tools | None = Field(None, description="Functions that an assistant can call.")
    shape: Shape | None = Field(None, description="What records look like that are read out of texts.")
    database: Database | None = Field(None, description="A database for queries.")
