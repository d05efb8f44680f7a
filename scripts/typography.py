"""Point at typographic slips in the prose of both languages; nothing is ever changed.

Chinese: full-width punctuation, a space between Chinese characters and Latin letters, digits,
formulas or code, “” for quotation marks (「」 quotes the learner's note in a correction box),
…… and ——, no line break inside a sentence. English: “” and ’, no Chinese outside lang spans.
"""

import re
from typing import NamedTuple

from scripts.masks import CODE, EDGE, FOREIGN, MARK, MATH, VALUE
from scripts.pages import Finding, line_at

H = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff〇"  # Chinese characters
OPENING = "（《〈「『【"
CLOSING = "，。；：？！、）》〉」』】"
P = OPENING + CLOSING
SIGNS = "０-９Ａ-Ｚａ-ｚ％＋＝－＜＞／～"
MASKS = CODE + MATH + VALUE
L = f"A-Za-z0-9\u0370-\u03ff%{MASKS}"  # what needs a space beside a Chinese character
FULL_WIDTH = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", ".": "。"}
SIZE = r"[\w.−…+*-]+"
TUPLE = re.compile(rf"\(\s*(?:{SIZE}(?:\s*[,×]\s*(?:{SIZE})?)+|[A-Z])\s*\)")
SHOWN = {CODE: "`…`", MATH: "$…$", VALUE: "<!--…-->", FOREIGN: "…", MARK: "", EDGE: "", "\n": " "}


class Rule(NamedTuple):
    """What is wrong, and how the message ends; `advice` may be a function of the match."""

    languages: tuple[str, ...]
    regex: re.Pattern
    advice: str


def rule(languages, regex, advice, flags=re.I):
    return Rule(tuple(languages.split()), re.compile(regex, flags), advice)


def width(match):
    """Advise the full-width form of a punctuation mark."""
    mark = match[0].strip()
    return f"half-width “{mark}” in a Chinese sentence; write “{FULL_WIDTH[mark]}”"


def bracket(match):
    """Advise full-width brackets, except around a tuple of sizes or numbers."""
    before = match.string[: match.start()].rstrip(" ")[-1:]
    chinese = re.search(f"[{H}{P}]", match[0]) or re.match(f"[{H}{P}]", before)
    if chinese and not TUPLE.fullmatch(match[0]):
        return "half-width brackets in a Chinese sentence; write （…）"
    return None


def doubled_word(match):
    allowed = match[1].lower() in {"that", "had"}
    return None if allowed else f"“{match[1]}” stands twice in a row; drop one"


def doubled_characters(match):
    idiom = match[1].startswith("一") or match[1][1:] in (
        "不",
        "着",
    )  # 一步一步, 能不能不, 写着写着
    return None if idiom else f"“{match[1]}” stands twice in a row; drop one"


JOIN = "a line break here shows as a space between Chinese characters; join the two lines"
SPACE = "put one space between Chinese and Latin letters, digits, formulas or code"
NO_SPACE = "no space beside a full-width punctuation mark; delete it"

RULES = [
    rule("zh", rf"(?<=[{H}{P}”’])[,;:?!]|[,;:?!](?=[ \t]?[{H}{OPENING}“])", width),
    rule("zh", rf"(?<=[{H}{P}”’])\.(?![a-z0-9.])|(?<!\.)\.(?=[{H}])", width, re.NOFLAG),
    rule("zh", rf"(?<=[A-Za-z0-9%])\.(?=[{EDGE}{MARK}\n]|$)", width),
    rule("zh", rf"(?<=[{MASKS}])[ \t]*[,;:?!.](?=\s|[{EDGE}{MARK}{MASKS}]|$)", width),
    rule("zh", r"\([^()\n]*\)", bracket),
    rule("zh", rf"(?<=[^\s{EDGE}])[ \t]+(?=[{P}“”])|(?<=[{P}“”])[ \t]+(?=[^\s{MARK}])", NO_SPACE),
    rule("zh", rf"(?<=[{H}])(?=[{L}−±])|(?<=[{L}])(?=[{H}])", SPACE),
    rule("zh", rf"(?<=[{H}])[ \t]{{2,}}(?=[{L}])|(?<=[{L}])[ \t]{{2,}}(?=[{H}])", SPACE),
    rule(
        "zh",
        rf"(?<=[{H}])[ \t]+(?=[{H}])",
        "no space between Chinese characters; delete it (a list of tokens is set as code)",
    ),
    rule(
        "zh",
        rf"(?<=[{H}])[ \t]*\n[ \t>]*(?=[{H}{P}“])|(?<=[{P}”])[ \t]*\n[ \t>]*(?=[{H}{P}{L}“])"
        rf"|(?<=[{L}])[ \t]*\n[ \t>]*(?=[{P}“])",
        JOIN,
    ),
    rule("zh", r"([的了是在和与把被也就])\1", doubled_characters),
    rule("zh", rf"([{H}]{{2,6}})\1", doubled_characters),
    rule("zh", r"[，。；：、？！]{2,}", "two punctuation marks in a row; keep one"),
    rule("zh", r"\.{3,}|(?<!…)…(?!…)|…{3,}", "an ellipsis in Chinese is “……”"),
    rule("zh", r"(?<!—)—(?!—)|—{3,}|-{2,}", "a dash in Chinese is “——”"),
    rule("zh", "[\"']", "straight quotation mark; write “ or ” (inside them ‘ or ’)"),
    rule("zh", "[『』]", "write “ and ” (inside them ‘ and ’)"),
    rule(
        "zh en",
        f"[{SIGNS}]",
        "full-width letter, digit or sign; type it in ASCII",
    ),
    rule("zh en", r"\b([a-z]+)(?:[ \t]+|[ \t]*\n[ \t>]*)\1\b", doubled_word),
    rule(
        "en",
        rf"(?:(?![{SIGNS}])[{H}\u3000-\u303f\uff00-\uffef])+",
        'Chinese in an English page; mark a quotation as <span lang="zh">…</span>',
    ),
    rule("en", '"', "straight quotation mark; write “ or ”"),
    rule("en", "'", "straight apostrophe; write ’ (a quotation is “…”)"),
    rule("en", r"\.{3,}", "an ellipsis in English is one character: …"),
    rule("en", r"-{2,}| - ", "a dash in English is – or —"),
    rule(
        "en",
        rf"(?<=[\w{MASKS}])[ \t]+[,;:?!.](?=\s|[{EDGE}{MARK}]|$)",
        "no space before a punctuation mark; delete it",
    ),
    rule("en", r"([,;:!?])\1|,[.;:]|(?<!\.)\.\.(?!\.)", "two punctuation marks in a row; keep one"),
]


def near(text, start, end):
    """Return the match with a few characters on both sides, masks in readable form."""
    words = text[max(0, start - 8) : end + 8]
    return "".join(SHOWN.get(c, c) for c in words).strip()


def slips(prose, lang):
    """Yield (position, message) for every slip in a text of one language."""
    for languages, regex, advice in RULES:
        for match in regex.finditer(prose) if lang in languages else ():
            words = advice(match) if callable(advice) else advice
            if words and in_language(prose, match.start(), lang):
                yield match.start(), f"“{near(prose, *match.span())}”: {words}"


def in_language(prose, position, lang):
    """Say whether a rule applies: a line without Chinese on a Chinese page is a foreign title."""
    start = prose.rfind("\n", 0, position) + 1
    end = prose.find("\n", position)
    line = prose[start : end if end >= 0 else None]
    return lang == "en" or bool(re.search(f"[{H}]", line))


def without_quotations(page):
    """Return the prose with what the note says masked; its places stay."""
    prose = page.prose
    for start, end in page.quotations():
        prose = prose[: start + 1] + FOREIGN * (end - start - 2) + prose[end - 1 :]
    return prose


def corner_quotes(page):
    """Yield (line, message) for 「」 outside correction boxes."""
    lines = page.slip_lines() if page.lang == "zh" else ()
    for match in re.finditer("「[^「」]*」?", page.prose):
        line = line_at(page.prose, match.start())
        if page.lang == "zh" and line not in lines:
            yield line, f"{match[0]}: 「」 quotes the note in a correction box; write “ and ” here"


def unbalanced(page):
    """Yield (line, message) for quotation marks and brackets without a partner in a paragraph."""
    for match in re.finditer(rf"(?:[^\n{EDGE}]|\n(?![ \t>]*\n)(?![ \t>]*{EDGE}))+", page.prose):
        for left, right in ("“”", "（）", "「」", "《》"):
            if match[0].count(left) != match[0].count(right):
                message = (
                    f"{left} and {right} do not pair up in this paragraph; add the missing one"
                )
                yield line_at(page.prose, match.start()), message


def page_findings(page):
    """Yield the findings of one page, its front matter included."""
    for position, message in slips(without_quotations(page), page.lang):
        yield Finding(page.where, line_at(page.prose, position), message, "typography")
    for line, message in [*corner_quotes(page), *unbalanced(page)]:
        yield Finding(page.where, line, message, "typography")


def check(trees):
    """Return the findings of all pages."""
    return [f for tree in trees.values() for page in tree.values() for f in page_findings(page)]
