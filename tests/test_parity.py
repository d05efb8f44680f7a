"""Both languages must have one skeleton and state the same facts; every difference is named."""

import planted
import pytest

from scripts import pages, parity

ZH, EN = "docs/zh/lstm.md", "docs/en/lstm.md"

DIFFERENCES = {
    "heading level": (
        "## 输送带 { #belt }",
        "### 输送带 { #belt }",
        f"{ZH}:20: heading ### #belt stands where {EN}:20 has heading ## #belt; make the two the "
        "same",
    ),
    "heading id": (
        "{ #belt }",
        "{ #band }",
        f"{ZH}:20: heading ## #band stands where {EN}:20 has heading ## #belt",
    ),
    "block directive": (
        "<!-- rnn:eq lstm.step.c -->",
        "<!-- rnn:eq lstm.step.o -->",
        f"{ZH}:24: rnn:eq lstm.step.o stands where {EN}:24 has rnn:eq lstm.step.c",
    ),
    "lost block": (
        "<!-- rnn:eq lstm.step.c -->\n",
        "\n",
        f"{EN}:24: rnn:eq lstm.step.c has no counterpart in {ZH}; add it there",
    ),
    "figure": (
        "rnn:fig lstm-belt",
        "rnn:fig lstm-chain",
        f"{ZH}:22: rnn:fig lstm-chain stands where {EN}:22 has rnn:fig lstm-belt",
    ),
    "inline value": (
        "lstm.c t=2 u=1",
        "lstm.c t=2 u=2",
        f"{ZH}:9: rnn:val lstm.c t=2 u=2 occurs 1 × in section #lstm and 0 × in that of {EN}; "
        "state it equally often in both",
    ),
    "claim": (
        "<!-- rnn:claim lstm.keeps -->",
        "",
        f"{EN}:9: rnn:claim lstm.keeps occurs 1 × in section #lstm and 0 × in that of {ZH}",
    ),
    "inline equation": (
        "，公式 <!-- rnn:eq lstm.step.f -->",
        "",
        f"{EN}:32: rnn:eq lstm.step.f occurs 1 × in section #belt and 0 × in that of {ZH}",
    ),
    "number given to a symbol": (
        "$f = 0.9$",
        "$f = 0.8$",
        f"{ZH}:9: $f = 0.8$ occurs 1 × in section #lstm and 0 × in that of {EN}",
    ),
    "symbol": (
        "的 $c_t$ 是",
        "的细胞状态是",
        f"{EN}:9: $c_t$ occurs 1 × in section #lstm and 0 × in that of {ZH}; state it",
    ),
    "code in a sentence": (
        "`h` 也",
        "`hh` 也",
        f"{ZH}:9: `hh` occurs 1 × in section #lstm and 0 × in that of {EN}; state it",
    ),
    "number in a sentence": (
        "一步一步往前",
        "走 0.75 步",
        f"{ZH}:22: the number 0.75 occurs 1 × in section #belt and 0 × in that of {EN}",
    ),
    "large number in a table": (
        "| 遗忘门 | $f_t$ |",
        "| 遗忘门 | 2019 |",
        f"{ZH}:28: the number 2019 occurs 1 × in section #belt and 0 × in that of {EN}",
    ),
    "code": (
        "y = f * c ",
        "y = f + c ",
        f"{ZH}:15: code block ```python differs from {EN}:15 (`y = f + c` against `y = f * c`); "
        "only comments and string contents may differ",
    ),
    "longer code": (
        'print("完成")',
        'print("完成")\n    print()',
        f"{ZH}:15: code block ```python differs from {EN}:15 (one of them is longer)",
    ),
    "link target": (
        "notes.md#rnn",
        "notes.md#formula",
        f"{ZH}:32: link to notes.md#formula occurs 1 × in section #belt and 0 × in that of {EN}",
    ),
    "image": (
        "gate.svg",
        "gates.svg",
        f"{ZH}:34: image gates.svg occurs 1 × in section #belt and 0 × in that of {EN}",
    ),
    "image id": (
        "#gate-picture",
        "#gate",
        f"{ZH}:34: element #gate stands where {EN}:34 has element #gate-picture",
    ),
    "admonition type": (
        "!!! warning",
        "!!! note",
        f"{ZH}:11: !!! note stands where {EN}:11 has !!! warning",
    ),
    "admonition that folds": (
        "??? success",
        "???+ success",
        f"{ZH}:36: ???+ success stands where {EN}:36 has ??? success",
    ),
    "columns of a table": (
        "| 门 | 符号 |\n|--|--|",
        "| 门 | 符号 | 值 |\n|--|--|--|",
        f"{ZH}:26: table of 3 columns and 2 rows stands where {EN}:26 has table of 2 columns and "
        "2 rows",
    ),
    "key of the front matter": (
        "title: 长短期记忆网络\n",
        "title: 长短期记忆网络\nhide: toc\n",
        f"{EN}:1: the front matter lacks `hide`, which {ZH} has; add it",
    ),
    "no description": (
        "description: 一扇门一扇门地拆开\n",
        "",
        f"{ZH}:1: the front matter has no description; write one in this page's language",
    ),
    "description of another page": (
        "description: 一扇门一扇门地拆开",
        "description: 逐行重讲",
        "docs/zh/notes.md:3: the description is that of docs/zh/lstm.md too; say what this page",
    ),
}


@pytest.mark.parametrize("name", DIFFERENCES)
def test_a_difference_is_named_with_page_line_and_cure(tmp_path, name):
    old, new, message = DIFFERENCES[name]
    found = parity.check(pages.read_all(planted.plant(tmp_path, old, new)))
    assert any(text.startswith(message) for text in planted.said(found)), planted.said(found)


ALLOWED = {
    "comment in code": ("# 按元素乘", "# 逐个相乘"),
    "string in code": ('print("完成")', 'print("好了")'),
    "caption": ("一步一步往前", "一直往前"),
    "prose": ("能不能不看答案", "想一想再看"),
    "a small number as a word": ("一步一步往前", "走 3 步"),
    "title of a box": ('!!! warning "更正：', '!!! warning "改正：'),
    "a symbol repeated": ("的 $c_t$ 是", "的 $c_t$（$c_t$ 就是细胞状态）是"),
    "Chinese tokens set as code": ("一步一步往前", "走 `一步 一步`"),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_words_may_differ(tmp_path, name):
    found = parity.check(pages.read_all(planted.plant(tmp_path, *ALLOWED[name])))
    assert planted.said(found) == [STALE]


CURE = "read the two side by side, then run `python -m scripts.parity --confirm lstm.md` [stale]"
STALE = f"{EN}:4: {ZH} has changed since this page was confirmed against it; {CURE}"


def test_a_page_without_a_digest_is_told_how_to_get_one(tmp_path):
    root = planted.plant(tmp_path, "translation_of: ", "translated: ")
    text = f"{ZH}:1: the front matter has no translation_of, the digest of {EN}; {CURE}"
    assert text in planted.said(parity.check(pages.read_all(root)))


def test_a_page_without_a_twin_is_named(tmp_path):
    root = planted.copy(tmp_path)
    (root / EN).unlink()
    assert planted.said(parity.check(pages.read_all(root))) == [
        f"{ZH}:1: {EN} does not exist; write it or delete this page [parity]"
    ]


def test_confirming_makes_a_changed_pair_clean_again(tmp_path):
    root = planted.plant(tmp_path, *ALLOWED["prose"])
    assert parity.confirm(root, ["lstm.md"]) == []
    assert parity.check(pages.read_all(root)) == []


def test_confirming_adds_a_missing_digest(tmp_path):
    root = planted.copy(tmp_path)
    text = (root / ZH).read_text(encoding="utf-8")
    (root / ZH).write_text(parity.DIGEST_LINE.sub("", text), encoding="utf-8")
    assert parity.confirm(root) == []
    assert (root / ZH).read_text(encoding="utf-8") == text


def test_a_pair_that_differs_cannot_be_confirmed(tmp_path):
    root = planted.plant(tmp_path, *DIFFERENCES["claim"][:2])
    before = (root / ZH).read_text(encoding="utf-8")
    assert len(parity.confirm(root)) == 1
    assert (root / ZH).read_text(encoding="utf-8") == before


def test_the_digest_of_a_page_does_not_depend_on_its_own_note_of_the_twin():
    assert parity.digest("---\ntranslation_of: a\n---\nx") == parity.digest("---\n---\nx")
    assert parity.digest("---\n---\nx") != parity.digest("---\n---\ny")


def test_one_lost_block_does_not_make_all_later_ones_differ(tmp_path):
    old, new, _ = DIFFERENCES["lost block"]
    found = parity.check(pages.read_all(planted.plant(tmp_path, old, new)))
    assert len(planted.said(found, "parity")) == 1
