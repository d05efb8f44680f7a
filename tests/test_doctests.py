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


def results(name):
    """Run the examples of a module; a part of a package sees what the package makes public."""
    module = importlib.import_module(f"rnnref.{name}")
    return doctest.testmod(
        module, globs=vars(importlib.import_module(module.__package__)) | vars(module)
    )


@pytest.mark.parametrize("name", CORE)
def test_the_examples_of_a_module_print_what_they_say(name):
    assert results(name).failed == 0


def test_there_are_examples_to_run():
    assert sum(results(name).attempted for name in CORE) > 5
