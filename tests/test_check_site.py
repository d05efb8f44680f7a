"""The checks of the built HTML bite: one planted mistake each."""

import pytest

from scripts import built_page, check_site
from scripts.memory import Memory

PAGE = """<!doctype html>
<html lang="{lang}"><head><title>A</title><meta name="description" content="{lang} {name}">
<link rel="stylesheet" href="a.css"></head>
<body><h1 id="top">A</h1>{body}</body></html>
"""


@pytest.fixture
def site(tmp_path):
    """A function that writes a sound site of two languages with one body and checks it."""

    def write(body="", name="index.html", lang="zh"):
        for code, folder in [("zh", tmp_path), ("en", tmp_path / "en")]:
            folder.mkdir(exist_ok=True)
            (folder / "index.html").write_text(PAGE.format(lang=code, name="index", body=""))
            (folder / "a.css").write_text("p { color: red }")
        folder = tmp_path / "en" if lang == "en" else tmp_path
        (folder / name).write_text(PAGE.format(lang=lang, name=name, body=body))
        return check_site.check(tmp_path)

    return write


def test_a_sound_site_has_no_problems(site):
    body = """
    <p><a href="en/index.html#top">en</a> <a href="#top">top</a> <a href="https://e.org/">e</a></p>
    <img src="data:image/gif;base64,AA" alt="">
    <svg role="img" aria-labelledby="t"><title id="t">x</title><use href="#g"/><g id="g"/></svg>
    <pre><code>$$ \\( {: #a } !!! NaN</code></pre><svg aria-hidden="true"><path d="M0 0"/></svg>
    """
    assert site(body) == []


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ('<a href="b.html">b</a>', "the link to b.html is dead: it does not exist"),
        ('<a href="en/index.html#b">b</a>', "has no anchor #b"),
        ('<a href="#b">b</a>', "the link to #b is dead: it has no anchor #b"),
        ('<a href="/index.html">b</a>', "starts at the root of the host; make it relative"),
        ('<p id="top">b</p>', "id 'top' is given 2 times"),
        ('<img src="https://e.org/a.png" alt="a">', "would be loaded from elsewhere"),
        ('<script src="//e.org/a.js"></script>', "would be loaded from elsewhere"),
        ('<link rel="preconnect" href="https://e.org">', "would be loaded from elsewhere"),
        ('<img srcset="a.css 1x, https://e.org/b 2x" alt="">', "https://e.org/b would be loaded"),
        ('<img src="a.png" alt="a">', "a.png does not exist"),
        ("<!-- rnn:eq lstm.step -->", "the directive <!-- rnn:eq lstm.step --> was not built"),
        ("<p>\ue0f07\ue0f1</p>", "a placeholder that nothing filled"),
        ("<p>$$ x $$</p>", "'$$' is raw TeX"),
        ("<p>\\(x\\)</p>", "is raw TeX"),
        ("<h2>b { #b }</h2>", "an attribute list that Markdown did not take"),
        ("<p>!!! note</p>", "an admonition that Markdown did not take"),
        ('<img src="a.css">', "an image has no alt text"),
        ('<svg role="img"><path d="M0 0"/></svg>', "a figure has no text alternative"),
        ('<svg role="img"><g><title>x</title></g></svg>', "a figure has no text alternative"),
        ('<svg><path d="M nan 0"/></svg>', "d='M nan 0' in a figure is no number"),
        ("<svg><text>NaN</text></svg>", "'NaN' is shown where a number belongs"),
        ("<math><mn>inf</mn></math>", "'inf' is shown where a number belongs"),
        ("<p><div>b</div></p>", "<div> inside a paragraph"),
        ('<p aria-labelledby="b">b</p>', "#b is referred to but does not exist"),
        ('<svg><path fill="url(#b)"/></svg>', "#b is referred to but does not exist"),
        ('<svg><use href="#b"/></svg>', "#b is referred to but does not exist"),
    ],
)
def test_a_planted_mistake_is_found(site, body, problem):
    problems = site(body)
    assert len(problems) == 1
    assert problem in problems[0]
    assert problems[0].startswith("index.html:") and "\n" not in problems[0]


def test_problems_name_the_file_and_the_line(site):
    assert site('\n\n<a href="b.html">b</a>', lang="en")[0].startswith("en/index.html:6: ")


def edited(tmp_path, old, new, name="en/index.html"):
    path = tmp_path / name
    path.write_text(path.read_text().replace(old, new))
    return check_site.check(tmp_path)


def test_a_page_in_the_wrong_language_is_found(site, tmp_path):
    site()
    assert edited(tmp_path, 'lang="en"', 'lang="zh"') == [
        "en/index.html: lang='zh', but the folder is 'en'"
    ]


def test_a_page_without_title_is_found(site, tmp_path):
    site()
    assert "has no title" in edited(tmp_path, "<title>A", "<title>")[0]


def test_a_page_without_description_is_found(site, tmp_path):
    site()
    assert "has no description" in edited(tmp_path, "en index", "")[0]


def test_descriptions_are_not_shared(site, tmp_path):
    site()
    problem = edited(tmp_path, "en index", "zh index.html")
    assert problem == ["en/index.html, index.html: they share one description; write one for each"]


def test_style_sheets_load_nothing_from_elsewhere(site, tmp_path):
    site()
    sheet = "@import 'https://e.org/a.css'; p { background: url(b.png) }"
    found = edited(tmp_path, "p { color: red }", sheet, "a.css")
    assert "a.css: https://e.org/a.css would be loaded from elsewhere; keep it in the site" in found
    assert "a.css: b.png does not exist" in found


def test_the_404_page_may_start_links_at_the_address_of_the_site(site, tmp_path):
    site('<a href="/notes/index.html">b</a>', name="404.html")
    assert check_site.check(tmp_path, base="/notes/") == []
    assert "does not exist" in check_site.check(tmp_path, base="/other/")[0]


def test_pages_and_visits_have_budgets(site, monkeypatch):
    monkeypatch.setattr(check_site, "PAGE_BUDGET", 0.1)
    monkeypatch.setattr(check_site, "VISIT_BUDGET", 0.15)
    problems = site()
    assert "index.html: the page is 0 KiB compressed; the budget is 0.1" in problems
    assert "index.html: a first visit is 0 KiB; the budget is 0.15" in problems


def test_an_empty_folder_is_no_site(tmp_path):
    assert "there is no page in it" in check_site.check(tmp_path)[0]


def remembered(tmp_path):
    """Check as a new process does, with nothing but what the last one saved."""
    memory = Memory(tmp_path / "memory.json")
    found = check_site.check(tmp_path, memory=memory)
    memory.save()
    return found


def test_problems_of_an_unchanged_page_are_told_again(site, tmp_path):
    first = site('<a href="#b">b</a><p>$$</p><p id="top"></p><img src="a.css">')
    assert remembered(tmp_path) == remembered(tmp_path) == first
    assert len(first) == 4


def test_a_page_that_changed_is_read_again(site, tmp_path):
    site("<p>b</p>")
    assert remembered(tmp_path) == []
    page = tmp_path / "index.html"
    page.write_text(page.read_text().replace("<p>b</p>", "<p>$$</p>"))
    assert "is raw TeX" in remembered(tmp_path)[0]


def test_a_link_from_an_unchanged_page_is_checked_against_the_changed_one(site, tmp_path):
    site('<a href="en/index.html#top">b</a>')
    assert remembered(tmp_path) == []
    page = tmp_path / "en" / "index.html"
    page.write_text(page.read_text().replace('id="top"', 'id="bottom"'))
    assert "has no anchor #top" in remembered(tmp_path)[0]


def test_an_unchanged_page_is_not_read_again(site, tmp_path, monkeypatch):
    site("<p>b</p>")
    remembered(tmp_path)
    monkeypatch.setattr(built_page.Page, "facts", None)
    assert remembered(tmp_path) == []
