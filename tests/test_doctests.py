"""The examples in the docstrings print what they say."""

import doctest
import importlib
from pathlib import Path

import pytest

import rnnref

ROOT = Path(rnnref.__file__).parent
CORE = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in sorted(ROOT.rglob("*.py"))
    if "explain" not in path.parts and path.stem != "__init__"
]


@pytest.mark.parametrize("name", CORE)
def test_the_examples_of_a_module_print_what_they_say(name):
    assert doctest.testmod(importlib.import_module(f"rnnref.{name}")).failed == 0


def test_there_are_examples_to_run():
    modules = [importlib.import_module(f"rnnref.{name}") for name in CORE]
    assert sum(doctest.testmod(module).attempted for module in modules) > 5
