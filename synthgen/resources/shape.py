"""What records look like that are read out of texts: a JSON Schema, or a pydantic model of the user's."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, cast

from synthgen import functions, recipe, sampling, shapes
from synthgen.errors import RecipeError
from synthgen.grounding import leaves, others, spellings, ungrounded
from synthgen.resources import places
from synthgen.types import Row, digest

if TYPE_CHECKING:
    from pydantic import TypeAdapter

TOLD_BY_FORM = ("email", "uri", "phone")
"""Formats of which a text's values can be told from all else in it."""


@dataclass
class Shape:
    """The shape of a recipe's records.

    Args:
        schema: its plain JSON Schema.
        model: the user's model, whose own validators count too; None where the shape is a JSON Schema.
        code: the text of the file that it comes from.
    """

    schema: shapes.Schema
    model: TypeAdapter[Any] | None = None
    code: str = ""

    @cached_property
    def digest(self) -> str:
        """The digest of the schema, and of the code of the model."""
        return digest([self.schema, self.code])

    def rows(self) -> list[Row]:
        """Return each field's name as `value`, with its description."""
        fields = self.schema.get("properties", {}).items()
        return [{"value": name, "description": str(one.get("description", ""))} for name, one in fields]

    def draw(self, draw: Random, optional: float = sampling.OPTIONAL) -> Any:  # noqa: ANN401 - a JSON value
        """Draw a record that fits.

        Args:
            draw: for every choice.
            optional: how often what may be absent is there.

        Raises:
            ValueError: nothing that fits comes out.
        """
        for _ in range(sampling.TRIES):
            found = sampling.value(self.schema, draw, "", optional)
            said = self.misfit(found)
            if not said:
                return found
        message = f"no record that the shape takes could be drawn ({said})"
        raise ValueError(message)

    def nothing(self) -> Row:
        """Return the record of a text that says nothing of it: null, an empty list, or no key.

        Raises:
            ValueError: the shape needs something.
        """
        found: Row = {}
        for name, part in self.schema["properties"].items():
            empty: tuple[Any, ...] = (None, [])
            ways = [one for one in empty if not shapes.misfit(one, part)]
            if ways or name in self.schema.get("required", []):
                found[name] = ways[0] if ways else None
        if said := self.misfit(found):
            message = f"the shape has no record without content ({said}): let its fields be null"
            raise ValueError(message)
        return found

    def misfit(self, record: Any) -> str:  # noqa: ANN401 - a JSON value
        """Return what keeps a record from fitting; empty where it fits."""
        from pydantic import ValidationError

        said = shapes.misfit(record, self.schema)
        if said or self.model is None:
            return said
        try:
            self.model.validate_json(json.dumps(record))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            place = ".".join(map(str, first["loc"]))
            return f"{place}: {first['msg']}" if place else first["msg"]
        return ""

    def ungrounded(self, record: Any, text: str) -> list[str]:  # noqa: ANN401 - a JSON value
        """Return the record's values that stand in no known way in the text."""
        return ungrounded(record, self.schema, text)

    def missed(self, record: Any, text: str) -> list[str]:  # noqa: ANN401 - a JSON value
        """Return what the text has of a kind that the shape asks for, where the record has nothing of that kind."""
        kinds = {kind: False for kind in TOLD_BY_FORM if _asks(self.schema, kind)}
        for _, one, part in leaves(record, self.schema):
            kind = part.get("format")
            if one is not None and kind in kinds:
                kinds[kind] = True
        return [f"{kind}: {one}" for kind, there in kinds.items() if not there for one in others(kind, text)]

    def said(self, record: Any, draw: Random | None = None) -> list[tuple[str, str]]:  # noqa: ANN401 - a JSON value
        """Return each value of a record with its field's name, as a person would write it: first the plainest way.

        Args:
            record: the record.
            draw: chooses among all ways, also the odd ones; None = the plainest but for days, whose month is a word.
        """
        found = []
        for path, one, _ in leaves(record, self.schema):
            ways = spellings(one) or ([] if one is None else ["yes" if one else "no"])
            if ways:
                plainest = ways[1] if len(ways) > 4 else ways[0]  # a day has most ways
                found.append((path, draw.choice(ways) if draw else plainest))
        return found


def _asks(node: Any, kind: str) -> bool:  # noqa: ANN401 - a JSON value
    if isinstance(node, Mapping):
        return node.get("format") == kind or any(_asks(one, kind) for one in node.values())
    return isinstance(node, list) and any(_asks(one, kind) for one in node)


def load(wanted: recipe.Shape, folders: Sequence[Path]) -> Shape:
    """Open the shape that a recipe names.

    Raises:
        SynthgenError: the file is missing, or holds neither a JSON Schema of an object nor a pydantic model.
    """
    from pydantic import PydanticUserError, TypeAdapter

    if ".py" not in wanted.file:
        path = places.beside(wanted.file, folders)
        text = recipe.read_text(path)
        try:
            return Shape(_object(shapes.plain(json.loads(text), str(path)), str(path)), code=text)
        except (ValueError, RecursionError) as error:
            raise RecipeError(what=f"this is no JSON ({error})", where=str(path), fix="mend it") from error
    model, path = functions.load(wanted.file, folders, "resources.shape.file")
    try:
        adapter: TypeAdapter[Any] = TypeAdapter(cast("type[Any]", model))
        schema = adapter.json_schema()
    except PydanticUserError as error:
        said = str(error).split("\n", 1)[0]
        raise RecipeError(what=f"this is no pydantic model ({said})", where=wanted.file, fix="name one") from error
    return Shape(_object(shapes.plain(schema, wanted.file), wanted.file), adapter, path.read_text(encoding="utf-8"))


def _object(schema: shapes.Schema, where: str) -> shapes.Schema:
    if not schema.get("properties"):
        raise RecipeError(what="the shape has no properties", where=where, fix="describe an object with fields")
    return schema
