"""The map of the learner's note: how it is made, and what the notes pages are held to."""

import re

import planted
import pytest

from scripts import notes_map, pages

ZH = "docs/zh/notes.md"
NOTE = """# 一

第一句。
![a](pic/1000.png)
  第二句。\u0020

<img src="pic/2000.png" style="zoom:50%;" />
"""


def found(root):
    return planted.said(notes_map.check(pages.read_all(root), root))


FAULTS = {
    "uncovered line": (
        "<!-- rnn:covers 8 -->",
        "",
        [
            f"{ZH}:1: line 8 of the note is re-told nowhere; add a passage for it with "
            "<!-- rnn:covers 8 --> [notes]"
        ],
    ),
    "uncovered end of a range": (
        "rnn:covers 1, 3-5",
        "rnn:covers 1, 3-4",
        [f"{ZH}:1: line 5 of the note is re-told nowhere"],
    ),
    "line that does not exist": (
        "rnn:covers 8",
        "rnn:covers 8-9",
        [f"{ZH}:23: the note has no line 9, it ends at 8; mend rnn:covers"],
    ),
    "unreadable lines": (
        "rnn:covers 8",
        "rnn:covers 8 and 9",
        [
            f"{ZH}:23: rnn:covers 8 and 9 is no list of lines; write it as 31-33, 35",
            f"{ZH}:1: line 8 of the note is re-told nowhere",
        ],
    ),
    "backward range": (
        "rnn:covers 8",
        "rnn:covers 8-3",
        [
            f"{ZH}:23: rnn:covers 8-3 is no list of lines; write it as 31-33, 35",
            f"{ZH}:1: line 8 of the note is re-told nowhere",
        ],
    ),
    "lost picture": (
        "<!-- rnn:lost 1 -->",
        "",
        [
            f"{ZH}:1: lost picture 1 (1000.png) is not on the page; add <!-- rnn:lost 1 --> beside "
            "what replaces it [notes]"
        ],
    ),
    "picture that does not exist": (
        "<!-- rnn:lost 2 -->",
        "<!-- rnn:lost 2 --> <!-- rnn:lost 3 -->",
        [f"{ZH}:23: the note has no picture 3; pictures are 1 to 2"],
    ),
    "picture without replacement": (
        "<!-- rnn:fig rnn-unrolled | 展开的网络 -->",
        "",
        [
            f"{ZH}:13: section #rnn names lost picture 1 but lacks <!-- rnn:fig rnn-unrolled -->, "
            "which replaces it; add it to the section [notes]"
        ],
    ),
    "replacement in another section": (
        "## 公式 { #formula }",
        "## 公式 { #formula }\n\n<!-- rnn:lost 1 -->",
        [f"{ZH}:23: section #formula names lost picture 1 but lacks <!-- rnn:fig rnn-unrolled"],
    ),
    "equation instead of the right one": (
        "<!-- rnn:eq rnn.step -->",
        "<!-- rnn:eq gru.step -->",
        [f"{ZH}:23: section #formula names lost picture 2 but lacks <!-- rnn:eq rnn.step -->"],
    ),
    "correction without box": (
        "<!-- rnn:slip N10 -->",
        "",
        [
            f"{ZH}:1: correction N10 has no box here or on rnn.md; write one with "
            "<!-- rnn:slip N10 --> [notes]"
        ],
    ),
    "unknown correction": (
        "<!-- rnn:slip N10 -->",
        "<!-- rnn:slip N10 -->\n\n!!! note\n    <!-- rnn:slip N99 -->",
        [f"{ZH}:21: there is no correction N99; docs/notes.toml lists them"],
    ),
    "slip outside a box": (
        '!!! warning "更正"\n    <!-- rnn:slip N10 -->',
        "<!-- rnn:slip N10 -->",
        [
            f"{ZH}:17: rnn:slip N10 must be the first line inside an admonition; put it right "
            "under its `!!!` line, indented by four spaces [notes]"
        ],
    ),
    "slip late in a box": (
        "<!-- rnn:slip N10 -->\n    上一步",
        "先说一句。\n    <!-- rnn:slip N10 -->\n    上一步",
        [f"{ZH}:19: rnn:slip N10 must be the first line inside an admonition"],
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_gap_is_named_with_page_line_and_cure(tmp_path, name):
    old, new, messages = FAULTS[name]
    said = found(planted.plant(tmp_path, old, new, name=ZH))
    assert len(said) == len(messages)
    assert all(text.startswith(message) for text, message in zip(said, messages, strict=True)), said


def test_a_correction_may_stand_on_the_page_it_belongs_to_in_both_languages(tmp_path):
    root = planted.plant(tmp_path, "<!-- rnn:slip N08 -->", "", name="docs/en/lstm.md")
    (message,) = found(root)
    assert message.startswith("docs/en/notes.md:1: correction N08 has no box here or on lstm.md")


def test_a_site_without_notes_page_is_told_to_write_it(tmp_path):
    root = planted.copy(tmp_path)
    (root / ZH).unlink()
    (root / "docs/en/notes.md").unlink()
    assert found(root) == ["docs/notes.toml:1: neither language has notes.md; write it [notes]"]


def test_hashes_cover_the_non_empty_lines_without_outer_spaces():
    marks = notes_map.hashes(NOTE)
    assert list(marks) == [1, 3, 4, 5, 7]
    assert marks[5] == notes_map.hashes("第二句。")[1]


def test_pictures_are_found_in_both_ways_of_writing_them():
    assert notes_map.pictures(NOTE) == [(4, "1000.png"), (7, "2000.png")]


def test_refreshing_replaces_numbers_and_keeps_what_was_written_by_hand(tmp_path):
    root = planted.copy(tmp_path)
    file = notes_map.file_of(root)
    file.write_text(notes_map.refreshed(file.read_text("utf-8"), NOTE), encoding="utf-8")
    notes = notes_map.load(root)
    assert notes.lines == notes_map.hashes(NOTE)
    assert [(p["line"], p["file"]) for p in notes.pictures] == notes_map.pictures(NOTE)
    assert notes.pictures[0]["replaced_by"] == ["fig rnn-unrolled"]


def test_a_note_with_a_picture_more_is_refused():
    text = notes_map.file_of(planted.SITE).read_text("utf-8")
    with pytest.raises(ValueError, match="docs/notes.toml lists 2 pictures, the note has 3"):
        notes_map.refreshed(text, NOTE + "![b](3000.png)\n")


def test_a_note_with_a_picture_less_is_refused():
    text = notes_map.file_of(planted.SITE).read_text("utf-8")
    with pytest.raises(ValueError, match="docs/notes.toml lists 2 pictures, the note has 1"):
        notes_map.refreshed(text, "![a](1000.png)\n")


def test_a_picture_is_looked_up_by_number():
    assert notes_map.picture(2, planted.SITE)["file"] == "2000.png"
    with pytest.raises(LookupError, match="the note has no picture 3"):
        notes_map.picture(3, planted.SITE)


def test_the_map_of_the_site_lists_60_lines_14_pictures_and_18_corrections():
    notes = notes_map.load()
    assert len(notes.lines) == 60
    assert [p["number"] for p in notes.pictures] == list(range(1, 15))
    assert [c["id"] for c in notes.corrections] == [f"N{n:02}" for n in range(1, 19)]


def test_the_map_of_the_site_holds_numbers_and_hashes_and_no_text():
    notes = notes_map.load()
    assert all(re.fullmatch("[0-9a-f]{8}", mark) for mark in notes.lines.values())
    assert all(p["line"] in notes.lines and p["replaced_by"] for p in notes.pictures)
    assert all(line in notes.lines for c in notes.corrections for line in c["lines"])
