"""What rows are drawn from and held against, beside seeds: files that a recipe names."""

from __future__ import annotations

from synthgen.recipe.model import Part


class Resources(Part):
    """What rows are drawn from and held against. A step's function gets each by its name, and so does the schema."""
