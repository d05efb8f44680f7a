"""Tests of the registry of numbers that prose quotes."""

import re
from pathlib import Path

import pytest

from rnnref.explain import values

DOCS = Path(__file__).parent.parent / "docs"


def test_an_unknown_name_is_answered_by_the_names_of_its_topic():
    with pytest.raises(LookupError, match=r"no value 'rnn\.nothing'; .* rnn\.parameters"):
        values.get("rnn.nothing")


def test_a_name_can_be_taken_once_only(monkeypatch):
    monkeypatch.setattr(values, "VALUES", {})
    values.value("topic.number")(lambda: 1)
    with pytest.raises(ValueError, match="choose another name"):
        values.value("topic.number")(lambda: 2)


def test_every_function_of_a_value_is_quoted_on_a_page():
    values.get("rnn.parameters")  # the first look-up registers all modules
    text = "\n".join(page.read_text(encoding="utf-8") for page in DOCS.rglob("*.md"))
    quoted = set(re.findall(r"<!-- rnn:val ([\w.-]+)", text))
    source = {name: getattr(found, "func", found) for name, found in values.VALUES.items()}
    dead = set(source.values()) - {source[name] for name in quoted & source.keys()}
    assert not dead
