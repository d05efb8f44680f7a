"""A whole build of a small project: what stops it, what it says, and what survives."""

import contextlib
import functools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
import warm

pytestmark = pytest.mark.xdist_group("small builds")
ROOT = Path(__file__).parent.parent
CONFIG = """
INHERIT: {root}/mkdocs.yml
docs_dir: docs/zh
hooks: [{root}/scripts/mkdocs_hooks.py]
watch: []
theme: {{custom_dir: {root}/docs/overrides}}
nav:
  - 首页: index.md
  - LSTM: lstm.md
plugins: [search]
extra: {{check_pages: {checked}}}
"""
PAGE = """---
title: {title} {lang}
description: a page called {title} in {lang}
---

# {title} {{ #top }}

The gate $f_t$ and [the other page]({other}#top).

<!-- rnn:eq lstm.step.f -->
"""


class Project:
    """A small copy of the site: two pages in two languages."""

    def __init__(self, folder):
        self.folder, self.site = folder, folder / "site"
        self.configure(checked=False)
        for lang in ("zh", "en"):
            self.write(lang, "index.md", PAGE.format(title="Home", lang=lang, other="lstm.md"))
            self.write(lang, "lstm.md", PAGE.format(title="LSTM", lang=lang, other="index.md"))
        shutil.copytree(ROOT / "docs" / "assets", folder / "docs" / "assets")

    def configure(self, checked):
        text = CONFIG.format(root=ROOT.as_posix(), checked=str(checked).lower())
        (self.folder / "mkdocs.yml").write_text(text, encoding="utf-8")

    def write(self, lang, name, text):
        path = self.folder / "docs" / lang / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def add(self, text, lang="en", name="lstm.md"):
        path = self.folder / "docs" / lang / name
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")

    def build(self, *words, interrupt=None):
        """Build; return the exit code and the lines that are warnings or errors."""
        code, text = builder().run(self.folder, ["build", *words], interrupt)
        lines = text.splitlines()
        return code, [line for line in lines if not re.match(r"INFO|\s*$", line)]

    def page(self, name):
        return (self.site / name).read_text(encoding="utf-8")


class Cold:
    """Runs MkDocs as anybody does, from nothing."""

    def run(self, folder, words, interrupt=None):
        output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "encoding": "utf-8"}
        command = [sys.executable, "-m", "mkdocs", *words]
        done = subprocess.run(command, cwd=folder, env=environment(), **output)
        return done.returncode, done.stdout


class Warm:
    """Runs MkDocs in forks of a process that has loaded everything; see `warm`."""

    def __init__(self):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "encoding": "utf-8"}
        command = [sys.executable, warm.__file__]
        alone = {"OPENBLAS_NUM_THREADS": "1"}  # a process with threads should not fork
        self.process = subprocess.Popen(command, env=environment() | alone, **pipes)

    def run(self, folder, words, interrupt=None):
        printed = folder.parent / f"{folder.name}.txt"
        print(json.dumps([str(folder), words, str(printed)]), file=self.process.stdin, flush=True)
        process = int(self.process.stdout.readline())
        if interrupt is not None:
            interrupt(process)
        code = int(self.process.stdout.readline())
        return code, printed.read_text(encoding="utf-8")


@functools.cache
def builder():
    """Return what runs MkDocs here."""
    return Warm() if hasattr(os, "fork") else Cold()


@pytest.fixture(scope="module", autouse=True)
def end_of_the_builder():
    yield
    if builder.cache_info().currsize and isinstance(builder(), Warm):
        builder().process.communicate()
    builder.cache_clear()


def environment():
    return {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONUTF8": "1"}


def with_earlier_site(folder):
    """Return a project that was built before, so that every test sees what survives."""
    return with_earlier(Project(folder))


def with_earlier(project):
    project.site.mkdir()
    (project.site / "earlier.html").write_text("earlier")
    return project


@pytest.fixture
def project(tmp_path):
    return with_earlier_site(tmp_path)


def survives(project):
    """Say whether the earlier site, and nothing else, is there."""
    left = [path.name for path in project.site.iterdir()]
    return left == ["earlier.html"] and not list(project.folder.glob("site.*"))


BOXES = """
!!! note "n"
    <!-- rnn:eq lstm.step.c -->

1. a

    <!-- rnn:eq lstm.step -->
"""


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """Build a project without mistakes."""
    project = with_earlier_site(tmp_path_factory.mktemp("sound"))
    project.add(BOXES)
    for lang in ("zh", "en"):
        project.add("\n## State $c_t$ { #state }\n\ntext\n", lang=lang)
    assert project.build() == (0, [])
    return project


def test_a_sound_project_becomes_a_site_of_two_languages(sound):
    assert 'lang="zh"' in sound.page("lstm.html") and 'lang="en"' in sound.page("en/lstm.html")
    assert "<math" in sound.page("lstm.html") and "Aborted" not in sound.page("lstm.html")
    assert not (sound.site / "earlier.html").exists()
    assert not list(sound.folder.glob("site.*"))


def test_a_block_is_built_inside_boxes_and_lists(sound):
    assert sound.page("en/lstm.html").count('class="rr-eq"') == 3


def test_a_formula_in_a_heading_is_built_in_the_table_of_contents(sound):
    assert sound.page("lstm.html").count('State <span class="rr-math"') >= 2


def test_two_builds_give_the_same_bytes(sound):
    """The second one is made as anybody makes it, in a process that has nothing loaded."""
    first = {p.relative_to(sound.site): p.read_bytes() for p in sound.site.rglob("*.html")}
    assert Cold().run(sound.folder, ["build"])[0] == 0
    again = {p.relative_to(sound.site): p.read_bytes() for p in sound.site.rglob("*.html")}
    assert first == again


# What is told together is planted together: before Markdown, by MkDocs, and in the built HTML.
EARLY = {
    "a typo in a directive": ("<!-- rnn:eqq a -->", "no directive 'rnn:eqq'; did you mean rnn:eq"),
    "an unknown equation": ("<!-- rnn:eq lstm.stepp -->", "rnn:eq lstm.stepp: no equations named"),
    "an unknown figure": ("<!-- rnn:fig lstm-sell -->", "rnn:fig lstm-sell: no figure is named"),
    "an unknown section": ("<!-- rnn:terms gatez -->", "rnn:terms gatez: no term has section"),
    "an unknown claim": ("<!-- rnn:claim a.b -->", "rnn:claim a.b: no test is marked"),
    "an unknown number": ("<!-- rnn:val lstm.g t=1 -->", "rnn:val lstm.g t=1: no field of lstm"),
    "bare mathematics": ("$$ x", "a bare $$ is refused: use <!-- rnn:eq NAME -->"),
    "a broken formula": (r"$\frac{1$", r"$\frac{1$: cannot convert"),
}
LATE = {
    "a dead link": ("[a](lost.md)", "Doc file 'lstm.md' contains a link 'lost.md'"),
    "a dead anchor": ("[a](index.md#lost)", "does not contain an anchor '#lost'"),
    "a dead link in HTML": ('<a href="lost.html">a</a>', "the link to lost.html is dead"),
    "a picture from outside": ('<img src="https://e.org/a.png" alt="">', "e.org/a.png would be"),
    "no number in a figure": ('<svg><path d="M nan"/></svg>', "in a figure is no number"),
    "an id given twice": ('<p id="top">a</p>', "en/lstm.html: id 'top' is given 2 times"),
}


@pytest.fixture(scope="module")
def failures(tmp_path_factory):
    """Build one project per kind of mistake: project, exit code and lines."""
    found = {}
    for name, mistakes in [("early", EARLY), ("late", LATE)]:
        project = with_earlier_site(tmp_path_factory.mktemp(name))
        project.add("\n" + "\n\n".join(text for text, _ in mistakes.values()) + "\n")
        found[name] = (project, *project.build())
    return found


@pytest.mark.parametrize("name", EARLY)
def test_a_mistake_on_a_page_is_one_sentence_with_page_and_line(failures, name):
    line = 12 + 2 * list(EARLY).index(name)
    _, code, lines = failures["early"]
    assert code == 1
    assert [EARLY[name][1] in text for text in lines].count(True) == 1
    assert any(f"docs/en/lstm.md:{line}: {EARLY[name][1]}" in text for text in lines)


@pytest.mark.parametrize("name", LATE)
def test_a_mistake_that_only_the_whole_site_shows_is_one_sentence(failures, name):
    _, code, lines = failures["late"]
    assert code == 1
    assert [LATE[name][1] in text for text in lines].count(True) == 1


@pytest.mark.parametrize("name", ["early", "late"])
def test_after_a_mistake_the_earlier_site_is_still_there(failures, name):
    project, _, lines = failures[name]
    assert lines[-1].startswith("Aborted")
    assert survives(project)


def test_a_page_that_one_language_lacks_stops_the_build(project):
    (project.folder / "docs" / "en" / "lstm.md").unlink()
    code, (line, _) = project.build()
    assert code == 1
    assert "docs/en/lstm.md:1: the page is missing, but docs/zh/lstm.md exists" in line
    assert survives(project)


def test_what_the_checks_of_the_pages_find_stops_the_build(project):
    project.configure(checked=True)
    shutil.copy(ROOT / "docs" / "notes.toml", project.folder / "docs")
    project.add("\nThe state, $h_t = W x_t$.\n")
    code, lines = project.build()
    assert code == 1
    (said,) = [line for line in lines if "typed by hand" in line]
    assert "docs/en/lstm.md:12: $h_t = W x_t$ is an equation typed by hand" in said
    assert any("translation_of" in line for line in lines)
    assert survives(project)


def test_the_mistakes_of_all_pages_are_told_at_once(project):
    project.add("\n<!-- rnn:eqq a -->\n", lang="zh", name="index.md")
    project.add("\n<!-- rnn:eqq a -->\n", lang="en", name="lstm.md")
    _, lines = project.build()
    assert "docs/zh/index.md:12:" in lines[0] and "docs/en/lstm.md:12:" in lines[1]


def test_a_title_that_a_language_lacks_stops_the_build(project):
    for lang in ("zh", "en"):
        project.write(lang, "new.md", PAGE.format(title="New", lang=lang, other="index.md"))
    config = project.folder / "mkdocs.yml"
    text = config.read_text(encoding="utf-8").replace("plugins:", "  - 新: new.md\nplugins:")
    config.write_text(text, encoding="utf-8")
    code, (line, _) = project.build()
    assert code == 1
    assert "nav has new.md, but extra.languages.en.nav gives it no title: add one" in line
    assert survives(project)


def test_a_section_without_a_title_in_a_language_stops_the_build(project):
    config = project.folder / "mkdocs.yml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("  - LSTM: lstm.md", "  - 新:\n      - LSTM: lstm.md"), "utf-8")
    code, (line, _) = project.build()
    assert code == 1
    assert "nav has 新, but extra.languages.en.nav gives it no title: add one" in line


def test_quiet_builds_are_strict_too(project):
    project.add("\n[a](lost.md)\n")
    code, lines = project.build("--quiet")
    assert code == 1
    assert "lost.md" in lines[0]
    assert survives(project)


@pytest.fixture
def served(project):
    """Serve a project with live reload; return a function that waits until a page says a word."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    command = [sys.executable, "-m", "mkdocs", "serve", "--livereload", "--dev-addr", address]
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}

    def shows(page, word):
        end, text = time.monotonic() + 120, ""
        while word not in text and time.monotonic() < end:
            time.sleep(0.2)
            with contextlib.suppress(OSError):
                with urllib.request.urlopen(f"http://{address}/{page}", timeout=60) as answer:
                    text = answer.read().decode()
        return word in text

    with subprocess.Popen(command, cwd=project.folder, env=environment(), **silent) as process:
        yield shows
        process.terminate()


def test_serve_shows_edits_and_mistakes_and_recovers(project, served):
    assert served("lstm.html", "The gate")
    project.add("\nA new sentence.\n", lang="zh")
    assert served("lstm.html", "A new sentence.")
    project.add("\n<!-- rnn:eqq a -->\n", lang="zh")
    assert served("lstm.html", "docs/zh/lstm.md:14: no directive 'rnn:eqq'")
    assert served("index.html", "The gate")
    project.write("zh", "lstm.md", PAGE.format(title="Mended", lang="zh", other="index.md"))
    assert served("lstm.html", "Mended")


def interrupted(project, name, patience=60):
    """Send a signal to a build between its first page and its last; return its exit code."""
    fresh, halted = project.folder / "site.new", []
    left = fresh / "left"  # by a build that was killed: the next one clears it away first
    if fresh.exists():
        left.touch()

    def interrupt(process):
        end = time.monotonic() + patience
        while (left.exists() or not list(fresh.glob("*"))) and time.monotonic() < end:
            time.sleep(0.002)
        os.kill(process, signal.SIGSTOP)
        # Once the two folders are exchanged, the fresh one holds the earlier site for a moment.
        halted.append(fresh.exists() and (project.site / "earlier.html").exists())
        os.kill(process, getattr(signal, name))
        os.kill(process, signal.SIGCONT)

    code, _ = project.build(interrupt=interrupt)
    return code if halted == [True] else None  # None: this machine was too slow to interrupt it


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
def test_an_interrupted_build_leaves_the_earlier_site(project):
    for name in ("SIGTERM", "SIGKILL", "SIGINT"):
        while (code := interrupted(project, name)) is None:
            shutil.rmtree(project.site)
            with_earlier(project)
        assert code != 0
        assert [path.name for path in project.site.iterdir()] == ["earlier.html"]
    assert project.build() == (0, [])
    assert not list(project.folder.glob("site.*"))
