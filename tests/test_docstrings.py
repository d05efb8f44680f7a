"""What docstrings must have, and the formulas that they must not have."""

import ast
import inspect
import re
from pathlib import Path

import declared
import pytest

import rnnref

ROOT = Path(rnnref.__file__).parent
CORE = [path for path in sorted(ROOT.rglob("*.py")) if "explain" not in path.parts]
FUNCTIONS = declared.DOCUMENTED | {"set_language": rnnref.set_language}
# The code line is the formula, and pages print it from a run: words in its place cannot go stale.
FORMULA = re.compile(r"[\w)\]] [@*/] [\w(\[]|\b(?:tanh|exp|log|sigmoid|softmax)\(|σ|\\[a-z]+\{")


def texts(path):
    """Yield the docstrings of a module, without the calls in their examples, and its comments."""
    source = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            yield re.sub(r"^ *(?:>>>|\.\.\.) .*", "", ast.get_docstring(node) or "", flags=re.M)
    yield from re.findall(r"(?:^|  )# (.*)", source)


@pytest.mark.parametrize("path", CORE, ids=lambda path: str(path.relative_to(ROOT)))
def test_docstrings_and_comments_hold_no_formula(path):
    for text in texts(path):
        assert not FORMULA.search(text), text


def documentation(name):
    """Return the docstring of a function and of those to which it points for its arguments."""
    text = inspect.getdoc(FUNCTIONS[name])
    pointer = re.search(r"Arguments, result and errors are those of\s+`([\w.]+)`", text)
    if pointer is None:
        return text
    module = "" if "." in pointer[1] else name.rpartition(".")[0] + "."
    return text + documentation(module + pointer[1])


@pytest.mark.parametrize("module", rnnref.__all__)
def test_no_public_function_is_left_out_of_these_tests(module):
    thing = getattr(rnnref, module)
    public = map(vars(thing).get, thing.__all__) if inspect.ismodule(thing) else [thing]
    assert {f for f in public if inspect.isfunction(f)} <= set(FUNCTIONS.values())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_argument_is_documented_here_or_where_the_docstring_points(name):
    text = documentation(name)
    section = text.partition("Parameters\n")[2].partition("Returns\n")[0]
    for argument in inspect.signature(FUNCTIONS[name]).parameters:
        assert re.search(rf"^(?:\w+, )*(?:\*\*)?{argument}(?:, \w+)* :", section, re.M), argument


@pytest.mark.parametrize("name", declared.CHECKED)
def test_the_documented_shapes_are_the_declared_ones(name):
    text = inspect.getdoc(declared.CHECKED[name])
    for argument, axes in declared.CHECKED[name].shapes.items():
        if isinstance(axes, str) and "those of" not in text and axes != "...":
            spelled = re.escape(f"({', '.join(axes.split())}{',' if ' ' not in axes else ''})")
            assert re.search(rf"^(?:\w+, )*{argument}(?:, \w+)* :.*{spelled}", text, re.M), argument


@pytest.mark.parametrize(
    "name", [n for n, f in FUNCTIONS.items() if inspect.signature(f).parameters]
)
def test_a_docstring_says_which_errors_are_raised(name):
    assert "Raises\n------" in documentation(name)
