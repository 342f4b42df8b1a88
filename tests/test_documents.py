"""Documents and tables that a recipe names: chunks with their places, splits dealt first, and nothing from outside."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen import recipe
from synthgen import split as splits
from synthgen.errors import RecipeError, SeedError
from synthgen.job import prepare
from synthgen.recipe import Split
from synthgen.resources import documents, reading, tables
from synthgen.resources.documents import Documents

HANDBOOK = """\
# Handbook

Everybody may borrow five tools, and keep each of them for two weeks.

## Late

Each day costs 1.50 euros. Nobody pays more than 30 euros.

```sh
# no heading
```

## Long

{long}
""".format(long=" ".join(f"Sentence number {n} says something." for n in range(40)))


def pdf(text: str) -> bytes:
    """Return a PDF of one page that shows a text, or none."""
    stream = f"BT /F1 12 Tf 72 700 Td ({text}) Tj ET".encode() if text else b""
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % at for at in places)
    start = len(out)
    return (
        out
        + b"xref\n0 6\n0000000000 65535 f \n"
        + table
        + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % start
    )


def held(folder: Path, files: dict[str, str | bytes], words: int = 40, folder_name: str = "docs") -> Documents:
    """Write documents below `folder/docs`, and load them."""
    for name, content in files.items():
        path = folder / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return documents.load(recipe.Documents(folder=folder_name, words=words), [folder])


def trouble(folder: Path, files: dict[str, str | bytes], name: str = "docs") -> RecipeError:
    """Return the error of documents that cannot be had."""
    with pytest.raises(RecipeError) as caught:
        held(folder, files, folder_name=name)
    return caught.value


def test_chunks_begin_at_headings_and_say_where_they_stand(tmp_path: Path) -> None:
    """A chunk's span is its place in the file's text; no chunk has too many words, and no word is lost."""
    found = held(
        tmp_path, {"b/handbook.md": HANDBOOK, "a.txt": "One short text about nothing.", "picture.png": b"\x89"}
    )
    assert [one.name for one in found.chunks][:3] == ["a.txt#1", "b/handbook.md#1", "b/handbook.md#2"]
    own = [one for one in found.chunks if one.file == "b/handbook.md"]
    assert [one.title for one in own[:3]] == ["Handbook", "Late", "Long"]
    assert all(HANDBOOK[one.start : one.end] == one.text for one in own)
    assert max(len(one.text.split()) for one in own) <= 40
    assert " ".join(one.text for one in own).split() == HANDBOOK.split()


@given(st.text(st.sampled_from("ab# \n.é`\u2028")), st.integers(20, 30))
def test_chunks_of_any_text_are_parts_of_it_in_order(text: str, words: int) -> None:
    """Whatever a document says, its chunks are slices of it, in order, apart, and hold every word."""
    found = list(documents._chunks("x.md", text, words))
    assert all(text[one.start : one.end] == one.text for one in found)
    assert all(before.end <= after.start for before, after in pairwise(found))
    assert sorted("".join("".join(one.text for one in found).split())) == sorted("".join(text.split()))


def test_html_gives_what_a_reader_sees() -> None:
    """Headings, paragraphs and items come out; scripts and menus do not; a broken page is read as far as it goes."""
    page = "<title>x</title><nav>Home</nav><h2>Late&nbsp;returns</h2><p>1 &lt; 2</p><ul><li>a<li>b</ul>"
    page += "<script>no()</script>"
    assert reading.html_text(page) == "## Late returns\n\n1 < 2\n\n- a\n- b"
    assert reading.html_text("<p>open <b>never <i>closed") == "open never closed"


def test_a_pdf_gives_its_text_or_says_why_not(tmp_path: Path) -> None:
    """A PDF's text is read; one without text and one that is none are named, each with one message."""
    assert (
        held(tmp_path / "a", {"x.pdf": pdf("Drills go out for seven days")}).chunks[0].text
        == "Drills go out for seven days"
    )
    scan = trouble(tmp_path / "b", {"scan.pdf": pdf("")})
    assert (scan.what, Path(scan.where).name) == ("this PDF has no text, as a scan has none", "scan.pdf")
    broken = trouble(tmp_path / "c", {"x.pdf": b"%PDF-1.4 and then nothing"})
    assert broken.what.startswith("this PDF cannot be read (")


@pytest.mark.parametrize("name", ["../../etc", "/etc", "docs/../../..", ".."])
def test_a_folder_outside_is_refused(name: str, tmp_path: Path) -> None:
    """A path that climbs out of the recipe's folder is refused, whether it exists or not."""
    (tmp_path / "mine").mkdir()
    error = trouble(tmp_path / "mine", {"a.md": "Text."}, name)
    assert error.what == "resources.documents.folder leads out of the recipe's folder"


def test_a_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    """A link to a file or folder outside is refused, and the link is named."""
    (tmp_path / "secret.md").write_text("Secret.", encoding="utf-8")
    (tmp_path / "mine" / "docs").mkdir(parents=True)
    (tmp_path / "mine" / "docs" / "a.md").symlink_to(tmp_path / "secret.md")
    error = trouble(tmp_path / "mine", {"b.md": "Text."})
    assert error.what == "resources.documents.folder holds a link that leads out of the recipe's folder"
    assert Path(error.where).name == "a.md"
    (tmp_path / "mine" / "away").symlink_to(tmp_path)
    assert "leads out" in trouble(tmp_path / "other", {"b.md": "Text."}, "../mine/away").what
    with pytest.raises(RecipeError, match="leads out"):
        tables.load({"secret": "away/secret.md"}, [tmp_path / "mine"])


@pytest.mark.parametrize(
    ("files", "name", "what"),
    [
        ({"a.md": "Text."}, "dogs", "there is no such file or folder"),
        ({"a.png": b"x"}, "docs", "there are no documents"),
        ({"a.md": b"\xff\xfe"}, "docs", "this is not UTF-8 text"),
    ],
)
def test_what_cannot_be_read_is_said(files: dict[str, Any], name: str, what: str, tmp_path: Path) -> None:
    """A folder that is not there or holds nothing to read, and a file that is no text, give one message each."""
    assert trouble(tmp_path, files, name).what == what


NAMES = st.lists(st.sampled_from([f"{n}.md" for n in range(12)]), min_size=3, unique=True)


@given(NAMES, st.sampled_from([0.0, 0.1, 0.3]), st.sampled_from([0.0, 0.1, 0.3]))
def test_each_document_is_dealt_to_one_split(names: list[str], validation: float, test: float) -> None:
    """Every split that is wanted has a document, and a document added at the end moves none."""
    split = Split(validation=validation, test=test)
    dealt = splits.deal_sources(names, split)
    assert list(dealt) == names
    assert set(dealt.values()) == set(splits.shares(split))
    assert splits.deal_sources([*names, "new.md"], split).items() >= dealt.items()


def test_too_few_documents_for_the_splits_are_refused() -> None:
    """Two documents do not make three splits."""
    with pytest.raises(RecipeError) as caught:
        splits.deal_sources(["a.md", "b.md"], Split(validation=0.1, test=0.1))
    assert caught.value.what == "2 documents cannot be dealt to 3 splits (train, validation, test)"


def test_nearest_wrong_chunks_are_near_wrong_and_of_the_split(tmp_path: Path) -> None:
    """What is shown beside the right chunk is near to the question, holds no right answer, and comes from its split."""
    texts = {
        "a.md": "Late tools cost two euros a day.",
        "b.md": "Late books cost one euro a day.",
        "c.md": "The bakery sells bread and rolls.",
        "d.md": "Late ladders cost three euros a day.",
        "e.md": "As we said: late tools cost  TWO euros a day!",
    }
    found = held(tmp_path, dict(texts)).dealt(dict.fromkeys(texts, "train") | {"d.md": "test"})
    near = found.nearest("What do late tools cost?", "a.md#1", 5, "Late tools cost two euros a day.")
    assert [one.file for one in near] == ["b.md", "c.md"]
    assert [one.file for one in found.nearest("Late tools?", "a.md#1", 1)] == ["e.md"]


def test_tables_are_looked_up_and_not_guessed(tmp_path: Path) -> None:
    """A look-up takes the name in other letters and spaces, and nothing that is merely like it."""
    (tmp_path / "shop.jsonl").write_text('{"name": "Aurora Lamp", "price": 49}\n', encoding="utf-8")
    found = tables.load({"shop": "shop.jsonl"}, [tmp_path])
    assert [found.look_up("shop", "name", one) for one in ("aurora  lamp", "Aurora Lamps", "", "Lamp")] == [
        {"name": "Aurora Lamp", "price": 49},
        None,
        None,
        None,
    ]
    with pytest.raises(ValueError, match="there is no table 'shops'"):
        found.look_up("shops", "name", "x")
    with pytest.raises(RecipeError):
        tables.load({"shop": "missing.jsonl"}, [tmp_path])


def small(folder: Path, more: str = "", seeds: str = "") -> Path:
    """Write a recipe over three documents, and return its folder."""
    held(folder, {f"{name}.md": f"# {name}\n\nThe {name} rule costs {n} euros." for n, name in enumerate("abc")})
    (folder / "x.py").write_text("def x(given):\n    return {}\n", encoding="utf-8")
    (folder / "recipe.yaml").write_text(
        "task: grounded_qa\nabout: Rules.\nseeds: seeds.jsonl\nrows: 9\nresources:\n  documents: {folder: docs}\n"
        "steps:\n  - {call: 'x.py:x', fills: [question, answer, passages]}\nvary:\n  source: {resource: documents}\n"
        f"model: {{name: fake}}\n{more}",
        encoding="utf-8",
    )
    row = {"question": "What is it?", "answer": "The passages do not say.", "passages": ["Text."]}
    lines = [json.dumps(row | {"question": f"What is {name}?", "source": f"{name}.md#1"}) for name in "abc"]
    (folder / "seeds.jsonl").write_text(seeds or "\n".join(lines), encoding="utf-8")
    return folder


def test_seeds_stay_with_their_documents(tmp_path: Path) -> None:
    """A seed that names a chunk is in its document's split, and every chunk says the split that it is in."""
    job = prepare(small(tmp_path))
    place = {row["source"]: row["split"] for row in job.axes["source"]}
    assert sorted(place.values()) == ["test", "train", "validation"]
    assert {str(getattr(one.record, "source", "")): one.split for one in job.seeds} == place


def test_documents_are_not_balanced_over(tmp_path: Path) -> None:
    """What is dealt to splits cannot be counted out in each of them, and the recipe is told."""
    with pytest.raises(RecipeError, match="balance names 'source', whose values are dealt to splits"):
        prepare(small(tmp_path, "balance: [source]\n"))


def test_a_seed_of_a_chunk_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A seed whose source is none of the chunks is named with its line."""
    row = {"question": "What is it?", "answer": "The passages do not say.", "passages": ["x"], "source": "z.md#1"}
    with pytest.raises(SeedError, match="is not in the recipe's list"):
        prepare(small(tmp_path, seeds=json.dumps(row)))
