"""All equations of one part of the package: the reference behind the chapters."""

from rnnref.explain import catalog, views
from rnnref.explain.mathml import to_mathml
from scripts import api, formulas, lock_equations


def parts():
    """Return the parts of the package that have equations, in the order of the catalogue."""
    return list(dict.fromkeys(name.partition(".")[0] for name in catalog.ENTRIES))


def equations(part, t):
    """Return every entry of a part as HTML: its name, how it came about, its equations.

    Raises
    ------
    ValueError
        For a part without equations.
    """
    if part not in parts():
        raise ValueError(f"no equations of {part!r}; there are {', '.join(parts())}")
    names = [name for name in catalog.ENTRIES if name.partition(".")[0] == part]
    return "".join(entry(name, t) for name in names)


def entry(name, t):
    """Return one entry."""
    lines = catalog.render(name)
    lock_equations.require_printed(name, lines)
    latex = lines[0] if len(lines) == 1 else formulas.aligned(lines)
    mathml = to_mathml(latex, display=True, scope=catalog.scope(name))
    origin = "every_typed" if views.is_hand_written(name) else "every_traced"
    return (
        f'<div class="rr-every" id="eq-{name}"><p>{linked(name)} <span>{t(origin)}</span></p>'
        f"{formulas.display(mathml, t)}</div>"
    )


def linked(name):
    """Return the name of an entry, with a link to its function where the reference has one."""
    function = name.partition(":")[0]
    module, _, key = function.partition(".")
    known = module in api.modules() and key in api.public(module)
    code = f"<code>{name}</code>"
    return f'<a href="api.html#api-{function}">{code}</a>' if known else code
