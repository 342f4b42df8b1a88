"""The documentation cannot lie: pages are generated or compared with what they speak of."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from synthgen import schema
from synthgen.cli import synthgen
from synthgen.prompts import KNOWN
from synthgen.types import Record

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_generated_pages_are_up_to_date() -> None:
    """The pages of the recipe, the commands and the reasons are what the code says now."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "make.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link and picture of a page exists."""
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)\)", text):
        assert target.startswith("http") or (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_and_options_exist(page: Path) -> None:
    """Every `synthgen …` line of a page names a command that there is, with options that it takes."""
    text = page.read_text(encoding="utf-8")
    lines = re.findall(r"^(?:\$ )?synthgen ([a-z]+)(.*)$", text, re.MULTILINE)
    lines += re.findall(r"`synthgen ([a-z]+)([^`]*)`", text)
    for name, rest in lines:
        assert name in synthgen.commands, name
        command = synthgen.commands[name]
        known = {
            option for parameter in command.params for option in parameter.opts if isinstance(parameter, click.Option)
        }
        for option in re.findall(r"(?<!\S)(--[a-z-]+)", rest.split("#", maxsplit=1)[0]):
            assert option in known, f"{name} {option}"


def test_readme_lists_every_module() -> None:
    """The README's tree has a line for each module of the package, each schema and each template folder."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for path in (ROOT / "synthgen").glob("*.py"):
        assert path.name in text or path.stem.startswith("__"), path.name
    for folder in (path for path in (ROOT / "synthgen").iterdir() if (path / "__init__.py").is_file()):
        assert f"{folder.name}/" in text, folder.name
    for path in (ROOT / "schemas").glob("*.py"):
        assert path.name in text, path.name
        assert f"{path.stem}/" in text, path.stem


def test_prompt_names_are_documented() -> None:
    """The page on prompts lists the names that a prompt may use, and no other."""
    text = (ROOT / "docs" / "prompts.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == sorted(KNOWN)


@pytest.mark.parametrize("task", schema.tasks())
def test_each_task_has_a_page_with_its_fields(task: str) -> None:
    """A task's page has a table of the schema's fields, and its sample row fits the schema."""
    kind: type[Record] = schema.load(schema.find(task, ROOT))
    text = (ROOT / "docs" / f"{task}.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) == list(kind.model_fields)
    sample = next(line for line in text.split("\n") if line.startswith("{"))
    kind.model_validate_json(sample)


@pytest.mark.parametrize("task", schema.tasks())
def test_each_task_has_thirty_seeds(task: str) -> None:
    """A task's example has at least thirty seeds, all different."""
    lines = (schema.shipped("templates") / task / "seeds.jsonl").read_text(encoding="utf-8").strip().split("\n")
    assert len(set(lines)) == len(lines) >= 30
