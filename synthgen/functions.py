"""A user's own function, named in a recipe as `file.py:function`."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from synthgen.errors import RecipeError
from synthgen.types import digest


def load(reference: str, folders: Sequence[Path], key: str) -> tuple[Callable[..., Any], Path]:
    """Load a function, and return it with its file.

    Args:
        reference: the file and the function's name, as `file.py:function`.
        folders: where the file may lie; the first is the recipe's own.
        key: the recipe's key that names it, which errors say.

    Raises:
        RecipeError: there is no such file or function, or it does not load.
    """
    file, _, name = reference.partition(":")
    places = [folder / file for folder in folders]
    path = next((place for place in places if place.is_file()), places[0])
    spec = importlib.util.spec_from_file_location(f"synthgen_own_{digest(str(path.resolve()))}", path)
    if not path.is_file() or spec is None or spec.loader is None:
        raise RecipeError(
            what="there is no such file of functions", where=str(path), fix=f"name it as `mine.py:function` in {key}"
        )
    module = importlib.util.module_from_spec(spec)
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True  # the folder is the user's, and gets no __pycache__
    sys.modules[spec.name] = module  # where pydantic looks up the names of its annotations
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise RecipeError(
            what=f"the file does not load ({type(error).__name__}: {error})", where=str(path), fix="mend it"
        ) from error
    finally:
        sys.dont_write_bytecode = writes
    function = getattr(module, name, None)
    if not callable(function):
        raise RecipeError(what=f"there is no function '{name}'", where=str(path), fix=f"check its name in {key}")
    return function, path
