"""The house: floors, no heavy import at the door, a wheel that has all it needs."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "synthgen"

FLOORS: tuple[tuple[str, ...], ...] = (
    (
        "types",
        "errors",
        "reasons",
        "text",
        "agreement",
        "sandboxed",
        "calendar",
        "grounding",
        "sampling",
        "shapes",
        "__init__",
    ),
    (
        "sandbox",
        "recipe",
        "schema",
        "functions",
        "topics",
        "resources",
        "formats",
        "tokens",
        "subsets",
        "columns",
        "seeds",
        "embed",
        "embedders",
        "onnx",
        "minhash",
        "near",
        "clusters",
        "hub",
        "store",
        "model",
    ),
    ("plan", "confusion", "prompts", "parse", "steps", "split", "checks", "faults", "diversity", "select", "planned"),
    (
        "loop",
        "foreign",
        "asking",
        "job",
        "lock",
        "sift",
        "write",
        "views",
        "doubts",
        "report",
        "progress",
        "card",
        "training",
        "export",
        "gate",
        "public",
        "publish",
    ),
    ("pipeline", "audit", "grow", "start", "selftest", "calibrate", "reproduce"),
    ("cli", "__main__"),
)
"""From the lowest to the highest: a module imports from its own floor or a lower one."""

# A report is made of a pipeline's result: what it prints is named there.
UPWARDS = {("report", "pipeline")}

HEAVY = (
    "openai",
    "datasets",
    "polars",
    "huggingface_hub",
    "numpy",
    "wordllama",
    "pyarrow",
    "pydantic",
    "jinja2",
    "tokenizers",
    "onnxruntime",
    "tqdm",
)


def floor(module: str) -> int:
    """Return the floor of a module by its name below synthgen."""
    top = module.split(".", maxsplit=1)[0]
    found = [number for number, names in enumerate(FLOORS) if top in names]
    assert found, f"synthgen.{module} stands on no floor: add it to FLOORS"
    return found[0]


def imports(path: Path) -> set[str]:
    """Return the names below synthgen that a file imports anywhere but under TYPE_CHECKING."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found: set[str] = set()
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if (
            id(node) in skipped
            or not isinstance(node, ast.ImportFrom)
            or not (node.module or "").startswith("synthgen")
        ):
            continue
        below = (node.module or "").removeprefix("synthgen").lstrip(".")
        found |= {below} if below else {alias.name for alias in node.names if alias.name != "__version__"}
    return found


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down_only(path: Path) -> None:
    """No module imports from a floor above its own."""
    own = str(path.relative_to(PACKAGE).with_suffix("")).replace("/", ".")
    for name in imports(path):
        pair = own.split(".", maxsplit=1)[0], name.split(".", maxsplit=1)[0]
        assert floor(name) <= floor(own) or pair in UPWARDS, f"{own} imports {name}, which stands above it"


def test_checks_do_not_know_each_other() -> None:
    """A check imports no other check."""
    for path in (PACKAGE / "checks").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        shared = {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("synthgen.checks.")
            for alias in node.names
        }
        assert not shared, path.name


def test_schemas_import_types_at_most() -> None:
    """A task's schema needs pydantic and synthgen.types, and nothing else of synthgen."""
    for path in (ROOT / "schemas").glob("*.py"):
        assert imports(path) <= {"types"}, path.name


def test_no_line_of_the_package_names_a_task() -> None:
    """A task is one schema and one template folder: the package's code names none."""
    tasks = {path.stem for path in (ROOT / "schemas").glob("*.py")}
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        documented = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        # A format has the name that its trainer gives it, and a task may have the same.
        formats = {
            id(node.args[0])
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Format"
        }
        said = {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented | formats
        }
        assert not said & tasks, path.name


def test_help_waits_for_nothing_heavy() -> None:
    """`synthgen --help` imports none of the heavy packages, so it answers at once."""
    code = (
        "import sys; sys.argv = ['synthgen', '--help']\n"
        "from synthgen.cli import main\n"
        "try:\n    main()\nfinally:\n"
        f"    heavy = sorted(set(sys.modules) & set({HEAVY!r}))\n"
        "    sys.stderr.write(' '.join(heavy))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Usage:" in done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel, and return the folder that it is installed into."""
    folder = tmp_path_factory.mktemp("wheel")
    tool = [sys.executable, "-m", "uv"]
    subprocess.run([*tool, "build", "--quiet", "--wheel", "--out-dir", str(folder), str(ROOT)], check=True)
    (built,) = folder.glob("synthgen_data-*.whl")
    venv.create(folder / "venv", with_pip=False, system_site_packages=False)
    python = folder / "venv" / "bin" / "python"
    subprocess.run([*tool, "pip", "install", "--quiet", "--python", str(python), "--no-deps", str(built)], check=True)
    # What it depends on is here already: the folder of this environment's packages is added, without its synthgen.
    (site,) = (folder / "venv" / "lib").glob("python*/site-packages")
    for path in map(Path, sys.path):
        if path.name == "site-packages":
            (site / "rest.pth").write_text(f"{path}\n", encoding="utf-8")
    return folder


def test_wheel_carries_tasks_and_runs(wheel: Path) -> None:
    """An installed wheel finds its templates and schemas, and takes an example to a dataset, away from the checkout."""
    command = str(wheel / "venv" / "bin" / "synthgen")
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def start(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(words, cwd=wheel, env=clean, capture_output=True, text=True, check=False)

    done = start(command, "init", "classification", "bank")
    assert done.returncode == 0, done.stderr
    where = start(str(wheel / "venv" / "bin" / "python"), "-c", "import synthgen; print(synthgen.__file__)")
    assert str(wheel) in where.stdout
    done = start(command, "run", "bank", "--model", "fake", "--rows", "20")
    assert done.returncode == 0, done.stderr
    assert (wheel / "out" / "bank" / "hub" / "README.md").is_file()
