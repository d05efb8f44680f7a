"""Claims: every one on a page has exactly one test, and every marked test is on a page."""

import planted
import pytest

from scripts import claims, pages

TEST = "tests/claims/test_lstm.py"
MARK = '@pytest.mark.claim("lstm.keeps")\ndef test_an_open_gate_keeps_the_state'


def found(root):
    return planted.said(claims.check(pages.read_all(root), root))


def test_a_claim_without_a_test_is_named_with_page_line_and_cure(tmp_path):
    root = planted.plant(tmp_path, "<!-- rnn:claim lstm.keeps -->", "<!-- rnn:claim lstm.x -->")
    assert found(root) == [
        "docs/zh/lstm.md:9: claim lstm.x has no test; mark one under tests/claims with "
        '@pytest.mark.claim("lstm.x") or take the claim away [claim]',
        f"{TEST}:5: claim lstm.keeps is not on docs/zh/lstm.md; state it there with "
        "<!-- rnn:claim lstm.keeps -->, or drop the mark [claim]",
    ]


def test_a_claim_on_two_tests_is_named(tmp_path):
    new = '@pytest.mark.claim("lstm.keeps")\ndef test_more():\n    pass\n\n\n' + MARK
    (message,) = found(planted.plant(tmp_path, MARK, new, name=TEST))
    assert message == (
        f"{TEST}:10: claim lstm.keeps is on {TEST}::test_more too; leave it on one test [claim]"
    )


@pytest.mark.parametrize("mark", ["NAME", '"a", "b"', 'f"{x}"'])
def test_a_mark_must_hold_one_plain_string(tmp_path, mark):
    new = f"@pytest.mark.claim({mark})\ndef test_more():\n    pass\n\n\n" + MARK
    (message,) = found(planted.plant(tmp_path, MARK, new, name=TEST))
    assert message.startswith(f"{TEST}:5: the claim mark of test_more must hold one plain string")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("def test_an_open", "def an_open", "its name does not begin with test_"),
        (MARK[:4], "@pytest.mark.skip(reason='')\n" + MARK[:4], "it is marked pytest.mark.skip("),
        (MARK[:4], "@pytest.mark.xfail\n" + MARK[:4], "it is marked pytest.mark.xfail"),
        (
            MARK[:4],
            "@pytest.mark.skipif(True, reason='')\n" + MARK[:4],
            "it is marked pytest.mark.s",
        ),
    ],
)
def test_a_test_that_does_not_run_checks_no_claim(tmp_path, old, new, why):
    (message,) = found(planted.plant(tmp_path, MARK, MARK.replace(old, new, 1), name=TEST))
    assert f"checks claim lstm.keeps, but {why}" in message


def test_a_claim_of_no_page_is_named(tmp_path):
    new = '@pytest.mark.claim("lstm.more")\ndef test_more():\n    pass\n\n\n' + MARK
    (message,) = found(planted.plant(tmp_path, MARK, new, name=TEST))
    assert message.startswith(
        f"{TEST}:5: claim lstm.more is not on docs/zh/lstm.md and not on docs/en/lstm.md;"
    )


def test_a_claim_is_stated_on_the_page_it_is_named_after(tmp_path):
    """Elsewhere it may be repeated; its test leads to that page."""
    root = planted.copy(tmp_path)
    for lang in ("zh", "en"):
        planted.replace(root, f"docs/{lang}/lstm.md", "<!-- rnn:claim lstm.keeps -->", "")
        with (root / "docs" / lang / "notes.md").open("a", encoding="utf-8") as file:
            file.write("<!-- rnn:claim lstm.keeps -->\n")
    (message,) = found(root)
    assert "claim lstm.keeps is not on docs/zh/lstm.md and not on docs/en/lstm.md" in message


def test_other_marks_are_no_claims(tmp_path):
    new = '@pytest.mark.parametrize("a", [1])\n' + MARK
    assert found(planted.plant(tmp_path, MARK, new, name=TEST)) == []


def test_the_test_of_a_claim_is_found_by_its_id(tmp_path):
    root = planted.copy(tmp_path)
    assert claims.find("lstm.keeps", root) == f"{TEST}::test_an_open_gate_keeps_the_state"


def test_looking_for_an_unknown_claim_says_how_to_add_it(tmp_path):
    with pytest.raises(claims.ClaimError, match=r"no test is marked @pytest.mark.claim\('a.b'\)"):
        claims.find("a.b", planted.copy(tmp_path))


def test_looking_for_a_claim_of_two_tests_names_both(tmp_path):
    new = '@pytest.mark.claim("lstm.keeps")\ndef test_more():\n    pass\n\n\n' + MARK
    root = planted.plant(tmp_path, MARK, new, name=TEST)
    with pytest.raises(claims.ClaimError, match="::test_more and .*; leave it on one of them"):
        claims.find("lstm.keeps", root)
