"""The reader of docstrings: what it takes apart, and the sentence with which it refuses."""

import pytest

from scripts import docstrings

TEXT = """Advance a cell by
    one step.

    With a second paragraph
    on two lines.

        code = kept

    Parameters
    ----------
    x : (B, D)
    h, c : (B, H), optional
        The state; None
        means zeros.

    Returns
    -------
    Step
        Every field (B, H).

    Raises
    ------
    ShapeError, DTypeError
        For what does not fit.

    References
    ----------
    Elman 1990,
    equation 2.
    """


def refusal(text):
    with pytest.raises(ValueError) as caught:
        docstrings.parse(text, "rnn.step")
    return str(caught.value)


def test_the_summary_is_the_first_paragraph_on_one_line():
    assert docstrings.parse(TEXT, "rnn.step").summary == "Advance a cell by one step."


def test_prose_is_joined_and_indented_code_is_kept():
    found = docstrings.parse(TEXT, "rnn.step").paragraphs
    assert found == ["With a second paragraph on two lines.", "    code = kept"]


def test_an_entry_has_names_a_kind_and_words():
    found = docstrings.parse(TEXT, "rnn.step").sections["Parameters"]
    state = ("h, c", "(B, H), optional", "The state; None means zeros.")
    assert found == [("x", "(B, D)", ""), state]


def test_what_is_returned_or_raised_need_have_no_name():
    found = docstrings.parse(TEXT, "rnn.step").sections
    assert found["Returns"] == [("", "Step", "Every field (B, H).")]
    assert found["Raises"] == [("", "ShapeError, DTypeError", "For what does not fit.")]


def test_references_are_running_text():
    assert docstrings.parse(TEXT, "rnn.step").sections["References"] == "Elman 1990, equation 2."


def test_examples_keep_their_lines():
    text = "Add.\n\nExamples\n--------\n>>> 1 + 1\n2\n"
    assert docstrings.parse(text, "a").sections["Examples"] == ">>> 1 + 1\n2"


def test_an_unknown_section_is_refused_with_the_known_ones():
    message = refusal(TEXT.replace("Returns\n    -------", "Yields\n    ------"))
    assert message.startswith("rnn.step: no docstring section 'Yields' is known; write one of Par")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("-------\n    Step", "----\n    Step", "underline Returns with 7 hyphens"),
        ("-------\n    Step", "=======\n    Step", "underline Returns with 7 hyphens"),
        ("Raises\n    ------", "Returns\n    -------", "the section Returns is there twice"),
        ("Elman 1990,\n    equation 2.", "", "the section References is empty"),
        ("    x : (B, D)", "        x : (B, D)", "must begin at the margin, not '    x : (B, D)'"),
    ],
)
def test_a_malformed_section_is_refused(old, new, words):
    assert words in refusal(TEXT.replace(old, new))


@pytest.mark.parametrize("text", [None, "", "  \n"])
def test_a_missing_docstring_is_refused(text):
    assert refusal(text) == "rnn.step has no docstring; write one in the form of numpydoc"
