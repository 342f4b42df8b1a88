"""The recipe: everything that a run depends on, as strict YAML."""

from synthgen.recipe.checks import (
    Checks,
    Comparison,
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
from synthgen.recipe.publish import Publish
from synthgen.recipe.resources import Documents, Resources, Shape, Tools
from synthgen.recipe.steps import Speaker, Step
from synthgen.recipe.training import Subsets, Training
from synthgen.recipe.whole import Axis, Recipe, Select, Split, Value

__all__ = [
    "Axis",
    "Checks",
    "Comparison",
    "Contamination",
    "Dedup",
    "Documents",
    "Judge",
    "Labels",
    "Model",
    "Paraphrase",
    "Part",
    "Price",
    "Publish",
    "Quality",
    "Question",
    "Recipe",
    "Resources",
    "Safety",
    "Select",
    "Semantic",
    "Shape",
    "Share",
    "Speaker",
    "Split",
    "Step",
    "Subsets",
    "Tools",
    "Training",
    "Value",
    "load",
    "read_text",
]
