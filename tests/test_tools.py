"""Tools: read out of each form that they are written in, drawn for, and called without harm."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from synthgen import recipe, resources
from synthgen.errors import InputError, RecipeError
from synthgen.resources import mcp
from synthgen.resources.tools import Link, Tools, load
from synthgen.sandbox import Outcome
from synthgen.shapes import misfit

CITY = {"type": "object", "properties": {"city": {"type": "string", "examples": ["Oslo"]}}, "required": ["city"]}
OPENAI = [{"type": "function", "function": {"name": "weather", "description": "Say the weather.", "parameters": CITY}}]
LISTED = {"result": {"tools": [{"name": "weather", "description": "Say the weather.", "inputSchema": CITY}]}}
OPENAPI = """
openapi: 3.0.3
paths:
  /rooms/{room}/bookings:
    parameters:
      - {$ref: '#/components/parameters/Room'}
    post:
      operationId: rooms.book
      summary: Book a room
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: '#/components/schemas/Booking'}
  /rooms:
    get:
      description: List the rooms.
      parameters:
        - {name: floor, in: query, schema: {type: integer, minimum: 1, maximum: 4}}
        - {name: X-Trace, in: header, schema: {type: string}}
components:
  parameters:
    Room: {name: room, in: path, required: true, description: The room., schema: {type: string, enum: [Birch, Cedar]}}
  schemas:
    Booking:
      type: object
      required: [people]
      properties:
        id: {type: string, readOnly: true}
        people: {type: integer, minimum: 2, maximum: 9}
        note: {type: string, nullable: true}
"""
FUNCTIONS = '''
from datetime import date
from typing import Annotated, Literal
from pydantic import Field

def weather(city: Annotated[str, Field(examples=["Oslo", "Riga"])], day: date, unit: Literal["c", "f"] = "c") -> dict:
    """Say the weather.

    Args:
        city: The city's
            name.
        day: The day.
    """
    return {"city": city, "weekday": day.strftime("%A"), "unit": unit}

def find(name: str) -> dict:
    """Find somebody.

    Parameters
    ----------
    name : str
        Whom.
    """
    return {"number": 7, "name": name}

def leave(number: int) -> dict:
    """Say the leave that is left.

    :param number: Of the person.
    """
    return {"left": number + 1}

def _hidden(): ...
'''
HOSTILE = """
import os, time
from pathlib import Path

def loops(city: str):
    while True: pass
def forks(city: str): return os.fork()
def eats(city: str): return len("x" * 8 * 2**30)
def writes(city: str): return Path("{outside}").write_text("owned")
def climbs(city: str): return Path("../../../../../../.." + "{outside}").read_text()
def fails(city: str): raise KeyError(city)
def much(city: str): return "x" * 100_000
"""


def opened(folder: Path, name: str, text: str, **more: Any) -> Tools:
    """Write a file of tools, and open it."""
    (folder / name).write_text(text, encoding="utf-8")
    return load(recipe.Tools(file=name, **more), [folder])


@pytest.mark.parametrize("document", [OPENAI, [OPENAI[0]["function"]], LISTED, LISTED["result"]], ids=str)
def test_lists_of_tools_are_read(document: Any, tmp_path: Path) -> None:
    """OpenAI's list, bare functions and MCP's answer give the same tool; its examples are not shown to a model."""
    tools = opened(tmp_path, "tools.json", json.dumps(document))
    (shown,) = tools.offered(["weather"])
    assert shown["function"]["name"] == "weather"
    assert shown["function"]["parameters"] == {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    }
    assert tools.draw("weather", Random(1)) == {"city": "Oslo"}
    assert tools.rows() == [{"value": "weather", "description": "Say the weather."}]
    assert not tools.runs


def test_an_openapi_document_gives_a_tool_for_each_operation(tmp_path: Path) -> None:
    """Parameters and body become one object, references are followed, and what a client may not send is left out."""
    tools = opened(tmp_path, "api.yaml", OPENAPI)
    assert list(tools.tools) == ["rooms_book", "get_rooms"]
    book = tools.tools["rooms_book"].parameters
    assert list(book["properties"]) == ["room", "people", "note"]
    assert book["required"] == ["room", "people"]
    assert misfit({"room": "Cedar", "people": 3, "note": None}, book) == ""
    assert misfit({"room": "Elm", "people": 3}, book).startswith("room: 'Elm' is not one of")
    assert list(tools.tools["get_rooms"].parameters["properties"]) == ["floor"]


def test_functions_give_schemas_run_and_link(tmp_path: Path) -> None:
    """Signatures and docstrings become schemas; calls run with Python's own types; answers are linked."""
    tools = opened(tmp_path, "mine.py", FUNCTIONS)
    assert list(tools.tools) == ["weather", "find", "leave"]
    weather = tools.tools["weather"].parameters
    assert weather["properties"]["city"]["description"] == "The city's name."
    assert weather["required"] == ["city", "day"]
    meanings = [tools.tools[name].parameters["properties"][key]["description"] for name, key in
                [("find", "name"), ("leave", "number")]]  # fmt: skip
    assert meanings == ["Whom.", "Of the person."]
    arguments = {"city": "Oslo", "day": "2026-05-04"}
    assert tools.run("weather", arguments) == Outcome({"city": "Oslo", "weekday": "Monday", "unit": "c"})
    assert tools.run("leave", {"number": 4}) == Outcome({"left": 5})
    assert tools.links == [Link("find", "leave", "number")]
    assert tools.draw("leave", Random(2), {"number": 7}) == {"number": 7}
    assert tools.ungrounded("weather", arguments | {"unit": "f"}, "In Oslo on 4 May?") == []
    assert tools.ungrounded("weather", arguments, "In Riga on 4 May?") == ["city: 'Oslo'"]


def test_what_decides_the_rows_decides_the_digest(tmp_path: Path) -> None:
    """Another function behind the same signature is another resource, and an unchanged file is the same one."""
    first, same = opened(tmp_path, "mine.py", FUNCTIONS).digest, opened(tmp_path, "mine.py", FUNCTIONS).digest
    assert first == same != opened(tmp_path, "mine.py", FUNCTIONS.replace("number + 1", "number + 2")).digest


@pytest.mark.parametrize(
    ("name", "evidence"),
    [
        ("loops", "slow"), ("forks", "refused"), ("eats", "memory"), ("writes", "refused"), ("climbs", "refused"),
        ("fails", "failed"), ("much", "failed"),
    ],
)  # fmt: skip
def test_a_hostile_tool_is_contained(name: str, evidence: str, tmp_path: Path) -> None:
    """A loop, a fork, hunger, a path that climbs out and an answer without end are told; nothing outside changes."""
    outside = tmp_path / "outside.txt"
    outside.write_text("kept", encoding="utf-8")
    (tmp_path / "inside").mkdir()
    tools = opened(tmp_path / "inside", "mine.py", HOSTILE.replace("{outside}", str(outside)), seconds=1)
    found = tools.run(name, {"city": "Oslo"})
    assert (found.value, found.trouble) == (None, evidence)
    assert outside.read_text(encoding="utf-8") == "kept"


def test_recorded_answers_stand_for_running(tmp_path: Path) -> None:
    """Only calls that are recorded are drawn, and each gives its recorded result."""
    rows = [{"name": "weather", "arguments": {"city": one}, "result": {"sky": one}} for one in ("Graz", "Lyon")]
    (tmp_path / "answers.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    tools = opened(tmp_path, "tools.json", json.dumps(OPENAI), answers="answers.jsonl")
    assert {tools.draw("weather", Random(at))["city"] for at in range(20)} == {"Graz", "Lyon"}
    assert tools.run("weather", {"city": "Lyon"}) == Outcome({"sky": "Lyon"})
    assert tools.run("weather", {"city": "Oslo"}).trouble == "failed"
    with pytest.raises(ValueError, match="no call of weather is recorded"):
        tools.draw("weather", Random(1), {"city": "Oslo"})


SERVER = """
import json, sys
for line in sys.stdin:
    said = json.loads(line)
    if "id" not in said: continue
    print(json.dumps({{"jsonrpc": "2.0", "method": "notifications/message"}}))
    if said["method"] == "tools/list" and "cursor" in said["params"]:
        result = {{"tools": [{second}]}}
    elif said["method"] == "tools/list":
        result = {{"tools": [{first}], "nextCursor": "more"}}
    else:
        result = {{"protocolVersion": "2025-06-18", "capabilities": {{}}, "serverInfo": {{"name": "s"}}}}
    print(json.dumps({{"jsonrpc": "2.0", "id": said["id"], "result": result}}), flush=True)
"""


def server(folder: Path, text: str) -> Sequence[str]:
    """Write an MCP server, and return its command."""
    (folder / "server.py").write_text(text, encoding="utf-8")
    return [sys.executable, "server.py"]


def test_a_running_mcp_server_is_asked_for_its_tools(tmp_path: Path) -> None:
    """Both pages of its list are read, whatever it says in between."""
    one = LISTED["result"]["tools"][0]
    text = SERVER.format(first=json.dumps(one), second=json.dumps(one | {"name": "forecast"}))
    tools = load(recipe.Tools(command=list(server(tmp_path, text))), [tmp_path])
    assert list(tools.tools) == ["weather", "forecast"]


@pytest.mark.parametrize("text", ["", "print('hello', flush=True)", "import time; time.sleep(60)", "print('[1]')"])
def test_a_server_that_does_not_answer_is_one_message(text: str, tmp_path: Path) -> None:
    """A server that ends, says what is no JSON-RPC, or says nothing, is told as such in time."""
    with pytest.raises(RecipeError, match="did not say which tools it has"):
        mcp.tools(server(tmp_path, text), tmp_path, seconds=1)
    with pytest.raises(RecipeError, match="does not start"):
        mcp.tools([str(tmp_path / "nothing")], tmp_path)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.json", "{", "it cannot be read"),
        ("a.yaml", "a: [", "it cannot be read"),
        ("a.json", "7", "these are no tools"),
        ("a.json", '{"tools": [1]}', "these are no tools"),
        ("a.json", "[]", "there are no tools in it"),
        ("a.json", '[{"name": "a b"}]', "a tool's name is 'a b'"),
        ("a.json", '[{"name": "a", "parameters": {"type": "nonsense"}}]', "this is no JSON Schema"),
        ("a.json", '[{"name": "a", "parameters": {"$ref": "#/b"}}]', "leads nowhere"),
        ("a.py", "def (", "its functions cannot be read"),
        ("a.py", "import os; os.fork()", "its functions cannot be read"),
        ("a.py", "x = 1", "there are no tools in it"),
    ],
)
def test_a_broken_file_is_one_message(name: str, text: str, said: str, tmp_path: Path) -> None:
    """Whatever is wrong with a file of tools is said with its name, and never as a traceback."""
    with pytest.raises(InputError, match=said) as caught:
        opened(tmp_path, name, text)
    assert name in caught.value.where


def test_names_and_functions_must_be_there(tmp_path: Path) -> None:
    """A tool that is chosen and not there, one that nothing runs, and a broken record are told."""
    with pytest.raises(InputError, match="there is no tool 'wether'"):
        opened(tmp_path, "tools.json", json.dumps(OPENAI), names=["wether"])
    (tmp_path / "run.py").write_text("def other(): ...", encoding="utf-8")
    with pytest.raises(InputError, match="no function 'weather' runs that tool"):
        opened(tmp_path, "tools.json", json.dumps(OPENAI), run="run.py")
    (tmp_path / "answers.jsonl").write_text('{"name": "weather"}\n', encoding="utf-8")
    with pytest.raises(InputError, match="this is no recorded call"):
        opened(tmp_path, "tools.json", json.dumps(OPENAI), answers="answers.jsonl")
    with pytest.raises(InputError, match="there is no such file"):
        resources.load(recipe.Resources(tools=recipe.Tools(file="none.json")), [tmp_path])
