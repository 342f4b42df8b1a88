"""The checks' part of the recipe: which run, and their thresholds."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, field_validator, model_validator

from synthgen.reasons import REASONS
from synthgen.recipe.model import Model, Part, Share


class Semantic(Part):
    """Rows that say the same in other words, told by embeddings: a cap on each cluster of one label, not a delete."""

    most: int = Field(3, ge=0, description="Rows that one cluster may have; 0 = meanings are not looked at.")
    least: Share = Field(0.95, description="Cosine of two embeddings from which a row joins a cluster.")


class Dedup(Part):
    """Rows that say the same as an earlier row or a seed."""

    near: Share = Field(0.6, description="Jaccard similarity of character 5-grams from which two texts are one.")
    semantic: Semantic = Field(default_factory=Semantic, description="Rows that say the same in other words.")


class Labels(Part):
    """A labeller made from the seeds must agree with the row's label."""

    use: bool = Field(True, description="Whether the check runs, where the schema has a label.")
    least: Share = Field(0.0, description="The labeller's least probability for the row's own label.")
    secondary: bool = Field(
        False,
        description="Whether the secondary label must be read as well. With few seeds below a label this costs good "
        "rows; with a small model it is worth them.",
    )
    review: bool = Field(
        True,
        description="Whether kept rows whose label the other kept rows read as another are put before a person, in "
        "review.parquet. It rejects nothing.",
    )


class Quality(Part):
    """Rules that no good row breaks."""

    language: str | None = Field(None, description="ISO 639-1 code of the language that rows must be in.")
    words: dict[str, tuple[int, int]] = Field(
        default_factory=dict,
        description="For a field of written text the least and most words, not the schema's: `{text: [3, 60]}`.",
    )
    allow: list[str] = Field(default_factory=list, description="Codes of rules to leave out, such as quality.cut_off.")

    @field_validator("words")
    @classmethod
    def _bounds_in_order(cls, words: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
        for name, (least, most) in words.items():
            if not 0 <= least <= most or most < 1:
                message = f"'{name}' has the bounds {least} and {most}: give the least words first, then the most"
                raise ValueError(message)
        return words


class Safety(Part):
    """Personal data that has a form (e-mail, phone, card, IBAN, national id, IP, URL), secrets, unsafe content."""

    use: bool = Field(
        True, description="Whether the check runs. Names and addresses it never seeks; a push searches in any case."
    )
    mode: Literal["reject", "mask", "allow"] = Field(
        "reject",
        description="What becomes of a row with a find: `reject`, `mask` (`<EMAIL>` and the like stand in its place; "
        "unsafe content still falls), or `allow` (it stays as it is, and a push is refused until this is settled).",
    )
    allow: list[str] = Field(default_factory=list, description="Codes to leave out, such as safety.url.")
    moderation: Model | None = Field(
        None, description="A moderation model at an endpoint, such as omni-moderation-latest, that reads every row too."
    )
    fakes: list[str] = Field(
        default_factory=list,
        description="Regular expressions of planned fakes, beside example.com, 555-0100, test cards and their like: "
        "what is found passes where one of them matches inside it.",
    )

    @field_validator("allow")
    @classmethod
    def _known_codes(cls, codes: list[str]) -> list[str]:
        known = [code for code in REASONS if code.startswith("safety.")]
        for code in codes:
            if code not in known:
                message = f"there is no code '{code}'; known are {', '.join(known)}"
                raise ValueError(message)
        return codes

    @field_validator("fakes")
    @classmethod
    def _whole_patterns(cls, patterns: list[str]) -> list[str]:
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                message = f"'{pattern}' is no regular expression ({error})"
                raise ValueError(message) from error
        return patterns


class Paraphrase(Part):
    """A model says whether a row repeats an evaluation text in other words, which no rule can tell."""

    use: bool = Field(False, description="Whether a model is asked about each row's nearest evaluation texts.")
    model: Model | None = Field(None, description="Who is asked; left out = the model that writes.")
    prompt: str = Field("same.j2", description="The prompt, where the shipped one does not do.")
    least: Share = Field(
        0.6, description="Cosine of two embeddings from which an evaluation text is near enough to be asked about."
    )


class Contamination(Part):
    """Rows that repeat an item of an evaluation set."""

    sets: list[str] = Field(
        default_factory=list,
        description="Evaluation sets: files or `hf://owner/dataset`; no row may repeat their texts.",
    )
    paraphrase: Paraphrase = Field(default_factory=Paraphrase, description="Evaluation texts in other words.")


class Question(Part):
    """A yes/no question about a row, which a good row answers with yes."""

    ask: str = Field(min_length=1, description="The question.")
    critical: bool = Field(False, description="Whether a single `no` is enough to reject the row.")


class Judge(Part):
    """A model answers a checklist about each row that every other check kept."""

    use: bool = Field(False, description="Whether the check runs.")
    questions: list[Question] = Field(
        default_factory=list, max_length=30, description="The checklist; a good row answers each with yes."
    )
    models: list[Model] = Field(
        default_factory=list,
        description="Who judges; with several the majority decides. Left out = the model that writes.",
    )
    prompt: str = Field("judge.j2", description="The judge's prompt, where the shipped one does not do.")
    reference: bool = Field(
        False, description="Whether a judge first writes an answer of its own to compare with: one request a row more."
    )
    least: Share = Field(0.8, description="Share of yes from which a row is kept.")
    doubt: Share = Field(0.6, description="Share of yes from which a row that is not kept goes to a person.")

    @model_validator(mode="after")
    def _questions_to_ask(self) -> Judge:
        if self.use and not self.questions:
            message = "the judge has no questions; list some under checks.judge.questions"
            raise ValueError(message)
        return self


class Comparison(Part):
    """A model says in both orders which of two texts is better, or harder; what it says in one order only is a tie."""

    use: bool = Field(False, description="Whether the check runs.")
    model: Model | None = Field(None, description="Who is asked; left out = the model that writes.")
    prompt: str | None = Field(None, description="The prompt, where the shipped one does not do.")
    rules: str = Field("", description="What makes one better, or harder, in the recipe's own words.")


class Checks(Part):
    """The checks and their thresholds. Changing one asks the model nothing: run `synthgen filter`."""

    embedder: str | None = Field(
        None,
        description="What makes vectors of texts for labels, dedup and `quality.unrelated`: left out = the packaged "
        "model; a folder of a model2vec or sentence-transformers model, in ONNX where it has such a file; or an "
        "OpenAI-compatible endpoint, `https://host/v1#model`.",
    )
    dedup: Dedup = Field(default_factory=Dedup, description="Duplicates.")
    labels: Labels = Field(default_factory=Labels, description="Labels.")
    quality: Quality = Field(default_factory=Quality, description="Quality rules.")
    safety: Safety = Field(default_factory=Safety, description="Personal data and secrets.")
    contamination: Contamination = Field(default_factory=Contamination, description="Evaluation sets.")
    judge: Judge = Field(default_factory=Judge, description="A model that judges what the other checks kept.")
    pair: Comparison = Field(
        default_factory=Comparison, description="Whether the chosen of two answers is the better one (pairwise.j2)."
    )
    harder: Comparison = Field(
        default_factory=Comparison,
        description="Whether a row that was made of another is the harder one (harder.j2).",
    )
    own: list[str] = Field(
        default_factory=list, description="Checks of your own, as `my_checks.py:function`; docs/checks.md says how."
    )
