"""The sentence before a ✓, as the pages of tests show it."""

from pathlib import Path

import pytest

from scripts import sentences
from scripts.expand import Place
from scripts.pages import LANGUAGES

ROOT = Path(__file__).parent.parent
A, B = "<!-- rnn:claim a.a -->", "<!-- rnn:claim a.b -->"
PLACE = Place("en", "docs/en/checks-a.md", 3, 0, True)


@pytest.mark.parametrize(
    ("lang", "text", "found"),
    [
        ("zh", f"先说一句。再说一句。{A}", "再说一句。"),
        ("zh", f"先说“好。再来”一句。{A}", "先说“好。再来”一句。"),
        ("zh", f"约 1.5 倍，是两倍？不是。{A}后面。", "不是。"),
        ("en", f"One first. About 1.5 times.{A} More.", "About 1.5 times."),
        ("en", f"(One first. Then two.){A}", "(One first. Then two.)"),
        ("en", f"**One first.** Then two.{A}", "Then two."),
        ("en", f"Above.\n\nBelow it, two.{A}", "Below it, two."),
        ("en", f"Above\n- first\n- second{A}", "second"),
        ("en", f'??? success "Answer"\n    Both are 0.{A}', "Both are 0."),
        ("en", f"So it is [the other](b.md#c) one[^1].{A}", "So it is the other one."),
        ("en", f"First $a. b$ is `c. d` here.{A}", "First $a. b$ is `c. d` here."),
        ("en", f"First, this;{A} and that.", "First, this"),
        (
            "en",
            f"| a $|x|$ | wrong |\n| b | two <!-- rnn:val c -->{A} |",
            "b: two <!-- rnn:val c -->",
        ),
        ("zh", f"| 甲 | 错。数错{A} |", "甲：错。数错"),
        ("en", f"| only{A} | other |", "only"),
    ],
)
def test_a_sentence_begins_where_it_is_read_to_begin(lang, text, found):
    assert sentences.before(text, lang) == {"a.a": found}


def test_a_mark_that_ends_a_clause_begins_the_next_sentence_and_no_other_does():
    text = f"One is so;{A} two is not.{B}"
    assert sentences.before(text, "en") == {"a.a": "One is so", "a.b": "two is not."}
    text = f"One{A} is two here.{B}"
    assert sentences.before(text, "en") == {"a.a": "One", "a.b": "One is two here."}


def test_a_claim_made_twice_has_the_sentence_of_its_first_place():
    assert sentences.before(f"First.{A} Second.{A}", "en") == {"a.a": "First."}


def test_a_sentence_is_printed_with_what_its_directives_print():
    kinds = {"math": lambda latex, place: f"<i>{latex}</i>", "val": lambda name, place: "3"}
    html = sentences.shown("A **bold** `<code>` of $x$ is <!-- rnn:val n -->.", PLACE, kinds)
    assert html == "A <strong>bold</strong> <code>&lt;code&gt;</code> of <i>x</i> is 3."


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_claim_of_this_site_has_a_sentence(lang):
    for path in (ROOT / "docs" / lang).glob("*.md"):
        for claim, words in sentences.before(path.read_text(encoding="utf-8"), lang).items():
            assert 3 < len(words) < 400, claim
