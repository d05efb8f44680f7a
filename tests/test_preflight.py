"""All pages are expanded before a build, and under `serve` only those that changed."""

import sys
import types

import pytest

from scripts import cache, preflight, reload
from scripts.memory import Memory

KINDS = {"count": lambda argument, place: f"<b>{next(NUMBERS)}</b>", "terms": None}
NUMBERS = iter(range(10_000))


@pytest.fixture
def docs(tmp_path):
    """Two languages of one page."""
    for lang in ("zh", "en"):
        (tmp_path / lang).mkdir()
        (tmp_path / lang / "a.md").write_text("---\ntitle: a\n---\n\n<!-- rnn:count -->\n")
    return tmp_path


def html(docs, world="", lang="en"):
    """Build as a new process does, with nothing but what the last one saved."""
    memory = Memory(docs / "memory.json")
    expanded, _ = preflight.expand_all(docs, ["zh", "en"], KINDS, world, memory)
    memory.save()
    return expanded[lang, "a.md"][1][0].html


def test_front_matter_is_cut_off_and_counted():
    assert preflight.first_line("---\ntitle: a\n---\ntext") == 4
    assert preflight.first_line("text\n---\n---\n") == 1


def test_an_unchanged_page_is_not_expanded_again(docs):
    first = html(docs)
    (docs / "zh" / "a.md").write_text("<!-- rnn:count -->\n")
    assert html(docs) == first


@pytest.mark.parametrize("change", ["text", "world"])
def test_a_changed_page_or_world_is_expanded_again(docs, change):
    first = html(docs)
    if change == "text":
        (docs / "en" / "a.md").write_text("<!-- rnn:count --> more\n")
    assert html(docs, world=change) != first


def test_a_remembered_page_is_what_was_expanded(docs):
    memory = Memory(docs / "memory.json")
    first = preflight.expand_all(docs, ["zh", "en"], KINDS, "", memory)
    memory.save()
    again = preflight.expand_all(docs, ["zh", "en"], KINDS, "", Memory(docs / "memory.json"))
    assert again == first
    assert again[0]["en", "a.md"][1][0].place.lang == "en"


@pytest.mark.parametrize("name", ["rnnref/a.py", "scripts/a.py", "tests/golden/a.json"])
def test_the_world_changes_with_the_code_of_the_checkout(monkeypatch, tmp_path, name):
    monkeypatch.setattr(reload, "ROOT", tmp_path / "checkout")
    path = tmp_path / "checkout" / name
    path.parent.mkdir(parents=True)
    before = reload.world(tmp_path)
    path.write_text("1\n")
    assert reload.world(tmp_path) != before


@pytest.mark.parametrize("name", ["docs/notes.toml", "docs/examples/a.py", "tests/claims/a.py"])
def test_the_world_changes_with_what_pages_show(tmp_path, name):
    path = tmp_path / name
    path.parent.mkdir(parents=True)
    before = reload.world(tmp_path)
    path.write_text("1\n")
    assert reload.world(tmp_path) != before


def test_the_world_changes_with_the_packages_that_draw(monkeypatch, tmp_path):
    before = reload.world(tmp_path)
    monkeypatch.setattr(cache, "package_hash", lambda: "another")
    assert reload.world(tmp_path) != before


def test_a_glossary_is_always_expanded_again(docs):
    (docs / "en" / "a.md").write_text("<!-- rnn:count -->\n\n`<!-- rnn:terms x -->`\n")
    assert html(docs) != html(docs)


def test_an_overview_of_chapters_is_always_expanded_again(docs):
    (docs / "en" / "a.md").write_text("<!-- rnn:count -->\n\n`<!-- rnn:tests -->`\n")
    assert html(docs) != html(docs)


def test_a_page_that_is_no_file_is_expanded_like_others(docs):
    made = {"en": {"b.md": "---\ntitle: b\n---\n\n<!-- rnn:count -->\n\n$$\n"}}
    _, problems = preflight.expand_all(docs, ["zh", "en"], KINDS, made=made)
    assert list(problems) == [("en", "b.md")]
    assert problems["en", "b.md"].startswith("docs/en/b.md:7: a bare $$ is refused")


def test_every_page_with_mistakes_is_named(docs):
    (docs / "zh" / "a.md").write_text("$$\n")
    (docs / "en" / "b.md").write_text("text\n")
    expanded, problems = preflight.expand_all(docs, ["zh", "en"], KINDS)
    assert set(expanded) == {("en", "a.md"), ("en", "b.md")}
    assert problems["zh", "a.md"].startswith("docs/zh/a.md:1: a bare $$ is refused")
    assert problems["zh", "b.md"].startswith(
        "docs/zh/b.md:1: the page is missing, but docs/en/b.md"
    )


def test_a_page_with_mistakes_says_so_in_its_place():
    markdown, stash = preflight.apology("docs/zh/a.md:1: `x`\ndocs/zh/a.md:2: y")
    assert "    - `docs/zh/a.md:1: 'x'`\n    - `docs/zh/a.md:2: y`" in markdown
    assert stash == []


def test_edited_sources_are_imported_anew_and_others_are_kept(monkeypatch, tmp_path):
    monkeypatch.setattr(reload, "ROOT", tmp_path)
    monkeypatch.setattr(reload, "PACKAGES", ("pack",))
    monkeypatch.setattr(reload, "READ", ("pack", "claims"))
    monkeypatch.setattr(reload, "_seen", None)
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "a.py").write_text("one = 1\n")
    monkeypatch.setitem(sys.modules, "pack.a", types.ModuleType("pack.a"))
    reload.refresh()
    reload.refresh()
    assert "pack.a" in sys.modules
    (tmp_path / "pack" / "a.py").write_text("one = 2\n")
    reload.refresh()
    assert "pack.a" not in sys.modules


def test_an_edited_claim_lets_modules_forget_what_they_read(monkeypatch, tmp_path):
    monkeypatch.setattr(reload, "ROOT", tmp_path)
    monkeypatch.setattr(reload, "PACKAGES", ("pack",))
    monkeypatch.setattr(reload, "READ", ("pack", "claims"))
    monkeypatch.setattr(reload, "_seen", None)
    (tmp_path / "claims").mkdir()
    monkeypatch.setitem(sys.modules, "pack.a", types.ModuleType("pack.a"))
    reload.refresh()
    (tmp_path / "claims" / "test_a.py").write_text("one = 1\n")
    reload.refresh()
    assert "pack.a" not in sys.modules
