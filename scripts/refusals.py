"""Calls that `rnnref` refuses, with the message that it has for the reader of the page."""

import ast
import html

import rnnref
from scripts import listings


def shown(code, t):
    """Return a call and below it the message with which it is refused, in the reader's language.

    Parameters
    ----------
    code : str
        An expression with the names of `rnnref`: `convert.to_torch([examples.gru_params()])`.
    t : Lookup

    Raises
    ------
    ValueError
        If it is no expression, or is not refused.
    """
    message = html.escape(refusal(code, t.lang), quote=False)
    return (
        f'<div class="rr-run">{listings.python(code)}'
        f'<p class="rr-run__label">{t("run_refusal")}</p>'
        '<div class="rr-run__output rr-run__output--words highlight" data-search-exclude>'
        f"<pre><code>{message}</code></pre></div></div>"
    )


def refusal(code, lang):
    """Return the message of the `ArgumentError` in which an expression ends."""
    try:
        tree = ast.parse(code, mode="eval")
    except SyntaxError as error:
        raise ValueError(f"{code!r} is no Python expression: {error.msg}") from error
    names = {name: getattr(rnnref, name) for name in rnnref.__all__}
    before = rnnref.errors._language
    rnnref.set_language(lang)
    try:
        eval(compile(tree, "<page>", "eval"), names)
    except rnnref.ArgumentError as error:
        return str(error)
    finally:
        rnnref.set_language(before)
    raise ValueError(f"{code} is not refused; show what it returns with rnn:run")
