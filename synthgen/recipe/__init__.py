"""The recipe: everything that a run depends on, as strict YAML."""

from synthgen.recipe.checks import (
    Checks,
    Contamination,
    Dedup,
    Judge,
    Labels,
    Paraphrase,
    Quality,
    Question,
    Safety,
    Semantic,
)
from synthgen.recipe.load import load, read_text
from synthgen.recipe.model import Model, Part, Price, Share
from synthgen.recipe.whole import Axis, Recipe, Select, Split, Step, Value

__all__ = [
    "Axis",
    "Checks",
    "Contamination",
    "Dedup",
    "Judge",
    "Labels",
    "Model",
    "Paraphrase",
    "Part",
    "Price",
    "Quality",
    "Question",
    "Recipe",
    "Safety",
    "Select",
    "Semantic",
    "Share",
    "Split",
    "Step",
    "Value",
    "load",
    "read_text",
]
