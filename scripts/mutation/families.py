"""The mistake of copying: one gate, weight or field taken for another of its family."""

import ast
import re

NEIGHBOURS = re.compile(r"(?P<stem>\w*_)?(?P<last>[a-zA-Z])$")  # x, W_f, da_o: swapped in a family
ALONE = ("", None)  # the family of single letters that belong to nobody


def relatives(text, function):
    """Yield the confusion of one gate, weight or field with the next of its family.

    A family is what has one owner and one stem, `p.W_f` and `p.W_i`, or the single letters that
    the function computes, `f` and `i`.
    """
    families, given = {}, {a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)}
    for node in ast.walk(function):
        owner, name = family_of(node)
        if name and not (owner == ALONE and name in given):
            families.setdefault(owner, {}).setdefault(name, []).append(node)
    for members in families.values():
        names = sorted(members)
        for name, other in zip(names, names[1:] + names[:1], strict=True):
            for node in members[name] if name != other else []:
                if isinstance(node.ctx, ast.Load):
                    end = text.span(node)[1]
                    yield end - len(name.encode()), end, other


def family_of(node):
    """Return the family of a name and the name; twice None for what is no name."""
    if isinstance(node, ast.Name):
        owner, name = "", node.id
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        owner, name = node.value.id, node.attr
    else:
        return None, None
    found = NEIGHBOURS.fullmatch(name)
    return ((owner, found["stem"]), name) if found and name not in ("T", "_") else (None, None)
