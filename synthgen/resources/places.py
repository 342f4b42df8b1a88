"""Where the files of a resource lie: in the recipe's folder, or else the task's; some, nowhere above."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from synthgen.errors import RecipeError


def beside(name: str, folders: Sequence[Path]) -> Path:
    """Return the file in the first folder that has it; where none has it, where it should be."""
    found = [folder / name for folder in folders]
    return next((one for one in found if one.is_file()), found[0])


def find(name: str, folders: Sequence[Path], key: str) -> Path:
    """Return the file or folder of that name in the first of the folders that has it.

    Args:
        name: a path relative to one of the folders.
        folders: where it may lie; the first is the recipe's own.
        key: the recipe's key that names it, which errors say.

    Raises:
        RecipeError: it is not there, or leads out of the folder, by `..`, as an absolute path or by a link.
    """
    for folder in folders:
        path = folder / name
        hold(path, folder, key)
        if path.exists():
            return path
    raise RecipeError(
        what="there is no such file or folder", where=str(folders[0] / name), fix=f"check the path in {key}"
    )


def hold(path: Path, folder: Path, key: str) -> None:
    """Refuse a path that leads out of a folder.

    Raises:
        RecipeError: it does; a link is followed before it is judged.
    """
    if not path.resolve().is_relative_to(folder.resolve()):
        raise RecipeError(
            what=f"{key} leads out of the recipe's folder",
            where=str(path),
            fix=f"copy what is needed into {folder} and name it there",
        )
