"""The examples in the docstrings print what they say."""

import doctest
import importlib
from pathlib import Path

import pytest

import rnnref

CORE = sorted(path.stem for path in Path(rnnref.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("name", [name for name in CORE if name != "__init__"])
def test_the_examples_of_a_module_print_what_they_say(name):
    assert doctest.testmod(importlib.import_module(f"rnnref.{name}")).failed == 0


def test_there_are_examples_to_run():
    modules = [importlib.import_module(f"rnnref.{name}") for name in CORE]
    assert sum(doctest.testmod(module).attempted for module in modules) > 5
