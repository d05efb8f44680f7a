"""The typography check: one planted slip per rule, and the texts that must stay untouched."""

import planted
import pytest

from scripts import typography

FAULTS = {
    "half-width comma": (
        "zh",
        "门开着,状态留下。",
        "“门开着,状态留下。”: half-width “,” in a Chinese sentence; write “，”",
    ),
    "half-width full stop": (
        "zh",
        "状态留下.",
        "“状态留下.”: half-width “.” in a Chinese sentence",
    ),
    "full stop between characters": ("zh", "LSTM.它", "“LSTM.它”: half-width “.” in a Chinese"),
    "full stop before Latin": ("zh", "状态留下.LSTM 好", "“状态留下.LSTM 好”: half-width “.” in a"),
    "full stop after a digit": ("zh", "总是 1.它好", "“总是 1.它好”: half-width “.” in a"),
    "full stop at the end": ("zh", "门是 0.9.", "“门是 0.9.”: half-width “.” in a Chinese"),
    "full stop before a mark": ("zh", "门是 0.9.<!-- rnn:claim a.b -->", "“门是 0.9.”: half-width"),
    "half-width colon": ("zh", "结果: 好", "“结果: 好”: half-width “:” in a Chinese sentence"),
    "comma after Latin": ("zh", "用 LSTM, 它好", "“用 LSTM, 它好”: half-width “,”"),
    "comma after a formula": ("zh", "量 $a$, $b$ 都好", "“量 $…$, $…$ 都好”: half-width “,”"),
    "full stop after code": ("zh", "请看 `a`.", "“请看 `…`.”: half-width “.”"),
    "half-width brackets": ("zh", "门(gate)", "“门(gate)”: half-width brackets in a Chinese"),
    "brackets around Chinese": ("zh", "gate (门)", "“gate (门)”: half-width brackets"),
    "space before full-width": ("zh", "门 ，开", "“门 ，开”: no space beside a full-width"),
    "space after full-width": ("zh", "门， 开", "“门， 开”: no space beside a full-width"),
    "space before a bracket": ("zh", "门 （gate）", "“门 （gate）”: no space beside a full-width"),
    "space beside a quotation": ("zh", "说 “门” 开", "“说 “门” 开”: no space beside a full-width"),
    "no space before Latin": ("zh", "用LSTM 记", "“用LSTM 记”: put one space between Chinese and"),
    "no space after a digit": ("zh", "第 2步", "“第 2步”: put one space between Chinese and"),
    "no space before a formula": ("zh", "状态$h$ 好", "“状态$…$ 好”: put one space between"),
    "no space after code": ("zh", "把 `a`加一", "“把 `…`加一”: put one space between"),
    "no space before a value": ("zh", "是<!-- rnn:val a -->。", "“是<!--…-->。”: put one space"),
    "two spaces": ("zh", "用  LSTM", "“用  LSTM”: put one space between"),
    "space between characters": ("zh", "状态 留下", "“状态 留下”: no space between Chinese"),
    "space at emphasis": (
        "zh",
        "**状态** 留下",
        "“状态 留下”: no space between Chinese characters",
    ),
    "line break in a sentence": (
        "zh",
        "门开着，\n状态留下。",
        "“门开着， 状态留下。”: a line break here",
    ),
    "line break between characters": (
        "zh",
        "状态\n留下",
        "“状态 留下”: a line break here shows as",
    ),
    "doubled character": ("zh", "门的的值", "“门的的值”: “的” stands twice in a row; drop one"),
    "doubled word": ("zh", "这个状态状态留下", "“这个状态状态留下”: “状态” stands twice in a row"),
    "doubled punctuation": (
        "zh",
        "门，，开",
        "“门，，开”: two punctuation marks in a row; keep one",
    ),
    "mixed punctuation": ("zh", "门、。", "“门、。”: two punctuation marks in a row; keep one"),
    "three dots": ("zh", "门...", "“门...”: an ellipsis in Chinese is “……”"),
    "half an ellipsis": ("zh", "门…开", "“门…开”: an ellipsis in Chinese is “……”"),
    "half a dash": ("zh", "门—开", "“门—开”: a dash in Chinese is “——”"),
    "two hyphens": ("zh", "门--开", "“门--开”: a dash in Chinese is “——”"),
    "straight quotes": ("zh", '门叫"f"的', '“门叫"f"的”: straight quotation mark; write “ or ”'),
    "corner quotes": (
        "zh",
        "门叫「门」",
        "「门」: 「」 quotes the note in a correction box; write",
    ),
    "double corner quotes": ("zh", "门叫『门』", "“门叫『门』”: write “ and ”"),
    "lost quotation mark": ("zh", "门叫“门。", "“ and ” do not pair up in this paragraph; add the"),
    "lost bracket": (
        "zh",
        "门（开。",
        "（ and ） do not pair up in this paragraph; add the missing",
    ),
    "full-width digit": (
        "zh",
        "第 ３ 步",
        "“第 ３ 步”: full-width letter, digit or sign; type it in",
    ),
    "full-width letter": ("en", "the Ｘ axis", "“the Ｘ axis”: full-width letter, digit or sign"),
    "doubled English word": (
        "en",
        "This is the\nthe gate.",
        "“This is the the gate.”: “the” stands",
    ),
    "full-width comma": (
        "en",
        "a gate， open",
        "“a gate， open”: Chinese in an English page; mark a",
    ),
    "Chinese in English": ("en", "a 门 opens", "“a 门 opens”: Chinese in an English page; mark a"),
    "straight English quotes": ("en", 'a "gate" b', '“a "gate" b”: straight quotation mark; write'),
    "straight apostrophe": ("en", "it's a gate", "“it's a gate”: straight apostrophe; write ’"),
    "three English dots": ("en", "and so on...", "“nd so on...”: an ellipsis in English is one"),
    "English hyphens": ("en", "a gate -- open", "“a gate -- open”: a dash in English is – or —"),
    "spaced hyphen": ("en", "a gate - open", "“a gate - open”: a dash in English is – or —"),
    "space before a comma": ("en", "a gate , open", "“a gate , open”: no space before a"),
    "space before a full stop": ("en", "is $x$ .", "“is $…$ .”: no space before a punctuation"),
    "doubled comma": ("en", "a gate,, open", "“a gate,, open”: two punctuation marks in a row"),
    "lost English quotation mark": ("en", "a “gate opens", "“ and ” do not pair up in this"),
    "a caption": ("zh", "<!-- rnn:fig a | 门,开 -->", "“门,开”: half-width “,” in a Chinese"),
    "a title": ("zh", '!!! note "门,开"', "“门,开”: half-width “,” in a Chinese sentence"),
    "a table": ("zh", "| 门,开 | 值 |\n|--|--|\n| a | b |", "“门,开值”: half-width “,” in a"),
    "front matter": ("zh", "---\ntitle: 门,开\n---\n", "“门,开”: half-width “,” in a Chinese"),
}


def found(lang, text):
    return [(f.line, f.message) for f in typography.check({lang: {"x": planted.page(text, lang)}})]


@pytest.mark.parametrize("name", FAULTS)
def test_a_slip_is_shown_with_its_surroundings_and_the_cure(name):
    lang, text, message = FAULTS[name]
    messages = [said for _, said in found(lang, text)]
    assert messages and all(said.startswith(message) for said in messages), messages


CLEAN = {
    "shapes and numbers in brackets": (
        "zh",
        "形状 (B, T, D)、(H × D) 与 (H)，输入 (1, −0.5)、(0.8, −1)。",
    ),
    "English names in brackets": ("zh", "**遗忘门**（forget gate）留下“旧值”。"),
    "spaces around Latin": ("zh", "用 LSTM 算 3 步，得 $h_3$；`x` 不变。"),
    "a mark after a sentence": ("zh", "门开着。<!-- rnn:claim a.b -->状态留下。"),
    "a mark with spaces": ("en", "The gate is open. <!-- rnn:claim a.b --> So it stays."),
    "dots and dashes": ("zh", "门——也就是 σ——开着……"),
    "idioms": ("zh", "一步一步走，能不能不走，走着走着就到了。"),
    "a bold lead-in": ("zh", "1. **手算。** 先乘后加。"),
    "lines of a list": ("zh", "- 门开\n- 门关\n\n1. 一\n2. 二"),
    "a line break at a space": ("zh", "用\nLSTM 记"),
    "cells of a table": ("zh", "| 门 | 值 |\n|--|--|\n| 开 | 1 |"),
    "a star": ("zh", "标着 * 的一条"),
    "a title in English": ("zh", "- D. Bahdanau, K. Cho: *Attention (draft)*, 2015."),
    "a decimal": ("zh", "取 0.5 或 1.5。"),
    "a numbered lead-in": ("zh", "**1. ★ 手算。** 先乘后加。"),
    "an address": ("zh", "见 <https://a.org/b,c>。"),
    "quotations of the note": (
        "zh",
        '!!! warning "「点乘」"\n\n    <!-- rnn:slip N08 -->\n    笔记说「点乘,规范化到-1和1」。',
    ),
    "a marked quotation": ("en", 'The note says <span lang="zh">点乘，</span> which means'),
    "typographic quotes": ("en", "It’s a “gate” – or… not."),
    "that that": ("en", "We know that that gate had had it."),
    "code": ("en", "`a -- 'b' 门` and\n\n```python\nprint('a  b', \"门\")...\n```"),
    "two paragraphs": ("en", "This is the\n\nthe end"),
}


@pytest.mark.parametrize("name", CLEAN)
def test_good_text_is_left_alone(name):
    assert found(*CLEAN[name]) == []


def test_the_line_is_that_of_the_file():
    assert found("zh", "---\ntitle: 门\n---\n\n门开\n\n| 门 |\n|--|\n| 开,关 |\n")[0][0] == 9
