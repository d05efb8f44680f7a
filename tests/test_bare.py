"""Source on pages: nothing but the type hints is gone."""

import ast
from pathlib import Path

from scripts.bare import WIDTH, without_hints

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "rnnref").rglob("*.py"))


class Strip(ast.NodeTransformer):
    """Take the hints out of a tree, by a way of its own."""

    def visit_FunctionDef(self, node):
        self.generic_visit(node)
        node.returns = None
        return node

    def visit_arg(self, node):
        return ast.arg(node.arg)


def test_every_program_without_hints_is_the_same_program():
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        bare = ast.dump(Strip().visit(ast.parse(text)))
        assert ast.dump(ast.parse(without_hints(text))) == bare, path


def test_a_signature_without_hints_stands_on_one_line_where_it_fits():
    text = (
        'def f(\n    x: Array, *, mode: str = "a", eps: float = 1e-5\n) -> Array:\n    return x\n'
    )
    assert without_hints(text) == 'def f(x, *, mode="a", eps=1e-5):\n    return x\n'


def test_a_long_signature_is_broken_between_arguments():
    names = [f"argument_{k}" for k in range(12)]
    text = f"def f({', '.join(f'{name}: int' for name in names)}) -> int:\n    return 0\n"
    lines = without_hints(text).splitlines()
    assert max(map(len, lines)) <= WIDTH and len(lines) == 3
    assert [arg.arg for arg in ast.parse("\n".join(lines)).body[0].args.args] == names


def test_a_comment_before_the_first_line_stays_where_it_is():
    text = 'def f(x: dict[str, int], y: str = "(") -> int:\n    # why\n    return 0\n'
    assert without_hints(text) == 'def f(x, y="("):\n    # why\n    return 0\n'


def test_wide_letters_before_a_hint_do_not_move_the_cut():
    text = 'def f(x="值", y: str = "值") -> str:\n    return y\n'
    assert without_hints(text) == 'def f(x="值", y="值"):\n    return y\n'
