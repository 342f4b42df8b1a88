"""What rows are drawn from and held against, beside seeds: files that a recipe names."""

from __future__ import annotations

from pydantic import Field

from synthgen.recipe.model import Part


class Documents(Part):
    """A folder of documents, read in chunks; `vary` draws them, and each document is dealt to one split."""

    folder: str = Field(description="A folder beside the recipe with Markdown, text, HTML or PDF files, at any depth.")
    words: int = Field(
        300, ge=20, le=5000, description="Most words of one chunk; it ends at a heading or a paragraph before."
    )


class Resources(Part):
    """What rows are drawn from and held against. A step's function gets each by its name, and so does the schema."""

    documents: Documents | None = Field(None, description="Documents that rows are drawn from.")
    tables: dict[str, str] = Field(
        default_factory=dict, description="Tables to look things up in: a JSONL, CSV or Parquet file by name."
    )
