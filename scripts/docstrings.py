"""Read a numpydoc docstring: a summary, paragraphs, and the few sections that `rnnref` uses."""

import inspect
import re
from typing import NamedTuple

LISTS = ("Parameters", "Returns", "Raises", "Attributes")  # entries, each with what it says
SECTIONS = (*LISTS, "References", "Examples")
RULE = re.compile(r"[-=~]{3,}")


class Entry(NamedTuple):
    """One entry of a list: what it is called, its kind, and the words below it."""

    names: str
    kind: str
    text: str


class Docstring(NamedTuple):
    """What a docstring holds.

    Attributes
    ----------
    summary : str
        Its first paragraph.
    paragraphs : list of str
        What follows, up to the first section. A paragraph that is indented is code, and keeps
        its lines.
    sections : dict of str to list of Entry, or str
        Entries of the lists, the text of References and Examples.
    """

    summary: str
    paragraphs: list
    sections: dict


def parse(text, name):
    """Take a docstring apart.

    Parameters
    ----------
    text : str or None
    name : str
        What messages call the function or class.

    Returns
    -------
    Docstring

    Raises
    ------
    ValueError
        If there is none, or for a section that is unknown, empty, or there twice.
    """
    if not (text or "").strip():
        raise ValueError(f"{name} has no docstring; write one in the form of numpydoc")
    parts = split(inspect.cleandoc(text).splitlines(), name)
    head = [part for part in re.split(r"\n{2,}", "\n".join(parts.pop(""))) if part.strip()]
    sections = {title: content(title, lines, name) for title, lines in parts.items()}
    return Docstring(joined(head[0]), [paragraph(part) for part in head[1:]], sections)


def split(lines, name):
    """Return the lines below every title; those before the first stand under ""."""
    parts, title = {"": []}, ""
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if RULE.fullmatch(below) and line.strip():
            title = line
            refuse(title, below, parts, name)
            parts[title] = []
        elif not RULE.fullmatch(line):
            parts[title].append(line)
    return parts


def refuse(title, rule, parts, name):
    """Refuse a section that the page could not show."""
    if title not in SECTIONS:
        known = ", ".join(SECTIONS)
        raise ValueError(f"{name}: no docstring section {title!r} is known; write one of {known}")
    if rule != "-" * len(title):
        raise ValueError(f"{name}: underline {title} with {len(title)} hyphens")
    if title in parts:
        raise ValueError(f"{name}: the section {title} is there twice; join the two")


def content(title, lines, name):
    """Return the entries of a list, or the text of another section."""
    text = "\n".join(lines).strip("\n")
    if not text.strip():
        raise ValueError(f"{name}: the section {title} is empty; fill it or take it away")
    if title == "Examples":
        return text
    return entries(text.splitlines(), f"{name}: {title}") if title in LISTS else joined(text)


def entries(lines, where):
    """Return the entries of a list: each line at the margin begins one."""
    found = []
    for line in lines:
        if line[:1].strip():
            names, colon, kind = line.partition(" : ")
            found.append(Entry(names, kind, "") if colon else Entry("", line, ""))
        elif not found:
            raise ValueError(f"{where}: the first entry must begin at the margin, not {line!r}")
        else:
            entry = found[-1]
            found[-1] = entry._replace(text=joined(f"{entry.text} {line}"))
    return found


def paragraph(text):
    """Return prose on one line, and indented code as it is."""
    return text.rstrip() if text.startswith("    ") else joined(text)


def joined(text):
    """Return text on one line."""
    return " ".join(text.split())
