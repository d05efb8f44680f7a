"""Check that the notes page re-tells every line, picture and slip of the learner's note.

`python -m scripts.notes_map --from FILE` refreshes the numbers and hashes in docs/notes.toml from
the note; no text of it is stored. Replacements and corrections are kept by hand in that file.
"""

import argparse
import hashlib
import re
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

from scripts import pages
from scripts.pages import Finding

ROOT = Path(__file__).parent.parent
PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*?([\w-]+\.png)\)|<img\s[^>]*src=\"[^\"]*?([\w-]+\.png)\"")
PLACE = re.compile(r"(number = \d+\n)file = .*\nline = .*\n")
SPAN = re.compile(r"(\d+)(?:\s*[-–]\s*(\d+))?")
RULE = "notes"


class NotesMap(NamedTuple):
    """What docs/notes.toml holds."""

    lines: dict[int, str]
    pictures: list[dict]
    corrections: list[dict]


def file_of(root):
    return Path(root, "docs", "notes.toml")


def load(root=ROOT):
    """Read docs/notes.toml."""
    data = tomllib.loads(file_of(root).read_text(encoding="utf-8"))
    lines = {int(number): mark for number, mark in data["lines"].items()}
    return NotesMap(lines, data["pictures"], data["corrections"])


def picture(number, root=ROOT):
    """Return the entry of one lost picture: its file name, line and replacements.

    Raises
    ------
    LookupError
        For a number that no picture has.
    """
    for entry in load(root).pictures:
        if entry["number"] == number:
            return entry
    raise LookupError(f"the note has no picture {number}; docs/notes.toml lists what it has")


def correction(name, root=ROOT):
    """Return the entry of one correction: its kind, lines and page.

    Raises
    ------
    LookupError
        For an id that no correction has.
    """
    for entry in load(root).corrections:
        if entry["id"] == name:
            return entry
    raise LookupError(f"there is no correction {name}; docs/notes.toml lists what there is")


def hashes(note):
    """Return {line number: 8 hex digits} for the non-empty lines of the note."""
    return {
        number: hashlib.sha256(line.strip().encode()).hexdigest()[:8]
        for number, line in enumerate(note.split("\n"), start=1)
        if line.strip()
    }


def pictures(note):
    """Return (line number, file name) of every picture in reading order."""
    return [
        (number, match[1] or match[2])
        for number, line in enumerate(note.split("\n"), start=1)
        for match in PICTURE.finditer(line)
    ]


def refreshed(text, note):
    """Return the text of notes.toml with lines and pictures as the note has them."""
    table = "".join(f'{number} = "{mark}"\n' for number, mark in hashes(note).items())
    text = re.sub(r"(?<=\[lines\]\n)(?:\d+ = .*\n)*", table, text)
    places, listed = pictures(note), len(PLACE.findall(text))
    if listed != len(places):
        raise ValueError(
            f"docs/notes.toml lists {listed} pictures, the note has {len(places)}; make "
            f"the entries agree"
        )
    rest = iter(places)
    return PLACE.sub(
        lambda match: match[1] + 'file = "{1}"\nline = {0}\n'.format(*next(rest)), text
    )


def covered(page):
    """Return {line of the note: line of the page}, and findings about unreadable directives."""
    lines, found = {}, []
    for item in page.directives("covers"):
        for part in item.value.split(","):
            match = SPAN.fullmatch(part.strip())
            if match:
                numbers = range(int(match[1]), int(match[2] or match[1]) + 1)
                lines.update(dict.fromkeys(numbers, item.line))
            if not match or not numbers:
                message = f"rnn:covers {item.value} is no list of lines; write it as 31-33, 35"
                found.append(Finding(page.where, item.line, message, RULE))
    return lines, found


def line_findings(page, notes):
    """Return findings about lines of the note that are not covered, or do not exist."""
    lines, found = covered(page)
    for number in sorted(notes.lines.keys() - lines.keys()):
        message = (
            f"line {number} of the note is re-told nowhere; add a passage for it with "
            f"<!-- rnn:covers {number} -->"
        )
        found.append(Finding(page.where, 1, message, RULE))
    for number in sorted(n for n in lines if n > max(notes.lines)):
        message = f"the note has no line {number}, it ends at {max(notes.lines)}; mend rnn:covers"
        found.append(Finding(page.where, lines[number], message, RULE))
    return found


def picture_findings(page, notes):
    """Return findings about pictures that are not replaced where they are named."""
    found, named = [], {}
    known = {str(entry["number"]): entry for entry in notes.pictures}
    for item in page.directives("lost"):
        named[item.value] = item
        if item.value not in known:
            message = f"the note has no picture {item.value}; pictures are 1 to {len(known)}"
            found.append(Finding(page.where, item.line, message, RULE))
    for number, entry in known.items():
        if number not in named:
            message = (
                f"lost picture {number} ({entry['file']}) is not on the page; add "
                f"<!-- rnn:lost {number} --> beside what replaces it"
            )
            found.append(Finding(page.where, 1, message, RULE))
        else:
            found += replacement_findings(page, named[number], entry)
    return found


def replacement_findings(page, item, entry):
    """Yield a finding for each replacement that the section of a picture lacks."""
    there = {
        other.label for other in page.of("directive", "inline") if other.section == item.section
    }
    for wanted in entry["replaced_by"]:
        if f"rnn:{wanted}" not in there:
            message = (
                f"section #{item.section} names lost picture {item.value} but lacks "
                f"<!-- rnn:{wanted} -->, which replaces it; add it to the section"
            )
            yield Finding(page.where, item.line, message, RULE)


def slip_findings(tree, notes):
    """Return findings about corrections that have no box, in the pages of one language."""
    boxes, found = {}, []
    for page in tree.values():
        for item in page.directives("slip"):
            boxes.setdefault(item.value, set()).add(page.name)
            if not in_admonition(page, item):
                message = (
                    f"rnn:slip {item.value} must be the first line inside an admonition; "
                    f"put it right under its `!!!` line, indented by four spaces"
                )
                found.append(Finding(page.where, item.line, message, RULE))
            if item.value not in {entry["id"] for entry in notes.corrections}:
                message = f"there is no correction {item.value}; docs/notes.toml lists them"
                found.append(Finding(page.where, item.line, message, RULE))
    for entry in notes.corrections:
        if not boxes.get(entry["id"], set()) & {"notes.md", f"{entry['page']}.md"}:
            message = (
                f"correction {entry['id']} has no box here or on {entry['page']}.md; write one "
                f"with <!-- rnn:slip {entry['id']} -->"
            )
            found.append(Finding(tree["notes.md"].where, 1, message, RULE))
    return found


def in_admonition(page, item):
    """Say whether a directive is the first thing inside an admonition."""
    above = [line for line in page.text.split("\n")[: item.line - 1] if line.strip()]
    opened = bool(above) and re.match(r"[ \t]*(!!!|\?\?\?)", above[-1])
    return bool(opened) and item.indent > len(above[-1]) - len(above[-1].lstrip())


def check(trees, root=ROOT):
    """Return the findings of both languages' notes pages."""
    if not any("notes.md" in tree for tree in trees.values()):
        return [Finding("docs/notes.toml", 1, "neither language has notes.md; write it", RULE)]
    notes, found = load(root), []
    for tree in (tree for tree in trees.values() if "notes.md" in tree):
        page = tree["notes.md"]
        found += [*line_findings(page, notes), *picture_findings(page, notes)]
        found += slip_findings(tree, notes)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--from", dest="note", type=Path, help="the note, to refresh the map")
    options = parser.parse_args()
    if options.note:
        text = refreshed(file_of(ROOT).read_text("utf-8"), options.note.read_text("utf-8"))
        file_of(ROOT).write_text(text, encoding="utf-8")
    found = check(pages.read_all(ROOT))
    print(*found, sep="\n")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
