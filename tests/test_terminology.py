"""The terminology check: which words fail where, and what stays allowed."""

import planted
import pytest

from scripts import pages, terminology

TABLE = {
    "elementwise_product": {
        "zh": "按元素乘",
        "en": "elementwise product",
        "also_zh": ["逐元素乘"],
        "also_en": ["Hadamard product"],
        "never_zh": ["点乘"],
        "never_en": ["element-wise"],
    },
    "dot": {"zh": "点积", "en": "dot product", "also_zh": ["内积"]},
    "dot_attention": {"zh": "点积注意力", "en": "dot-product attention", "also_zh": ["点乘注意力"]},
    "cell_state": {"zh": "细胞状态", "en": "cell state", "also_zh": ["单元状态"]},
    "cell": {"zh": "单元", "en": "cell", "never_zh": ["细胞"]},
    "bptt": {"zh": "通过时间反向传播", "en": "BPTT", "also_zh": ["时间反向传播"], "abbr": "BPTT"},
    "time_step": {"zh": "时间步", "en": "time step", "never_en": ["timestep"]},
}


def found(text, lang="zh", name="x.md"):
    trees = {lang: {name: planted.page(text, lang, name)}}
    return planted.said(terminology.check(trees, lambda x: terminology.vocabulary(x, TABLE)))


FAULTS = {
    (
        "zh",
        "a\n\n用点乘。",
    ): "docs/zh/x.md:3: “点乘” is not used on this site; write 按元素乘, or put "
    "it in quotation marks inside a box with rnn:slip where the word itself is discussed [term]",
    ("zh", "用逐元素乘。"): "docs/zh/x.md:1: “逐元素乘” may stand in the glossary only; write "
    "按元素乘 [term]",
    ("zh", "点乘注意力"): "docs/zh/x.md:1: “点乘注意力” may stand in the glossary only; write "
    "点积注意力 [term]",
    ("zh", "一个细胞"): "docs/zh/x.md:1: “细胞” is not used on this site; write 单元",
    ("zh", "| a |\n|--|\n| 点乘 |"): "docs/zh/x.md:3: “点乘” is not used",
    ("zh", "<!-- rnn:fig a | 图里的点乘 -->"): "docs/zh/x.md:1: “点乘” is not used",
    ("zh", "## 点乘 { #a }"): "docs/zh/x.md:1: “点乘” is not used",
    ("zh", "[点乘](a.md)"): "docs/zh/x.md:1: “点乘” is not used",
    ("zh", '!!! note "点乘"'): "docs/zh/x.md:1: “点乘” is not used",
    ("zh", "---\ntitle: 点乘\n---\n"): "docs/zh/x.md:2: “点乘” is not used",
    ("zh", "按元素乘（Hadamard product）"): "docs/zh/x.md:1: “Hadamard product” may stand in the",
    ("zh", "他说「点乘」"): "docs/zh/x.md:1: “点乘” is not used",
    ("en", "Hadamard\nproducts"): "docs/en/x.md:1: “Hadamard product” may stand in the glossary "
    "only; write elementwise product [term]",
    ("en", "Element-wise, then"): "docs/en/x.md:1: “Element-wise” is not used on this site; write "
    "elementwise product",
    ("en", "each timestep"): "docs/en/x.md:1: “timestep” is not used on this site; write time step",
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_word_that_is_not_the_main_term_is_named_with_line_and_cure(case):
    (message,) = found(case[1], case[0])
    assert message.startswith(FAULTS[case])


ALLOWED = {
    "main terms": ("zh", "按元素乘、点积注意力、细胞状态、单元、通过时间反向传播"),
    "code": ("zh", "`点乘` 与\n\n```text\n点乘\n```"),
    "a formula": ("en", "$timestep$"),
    "an address": ("en", "[a](timestep.md)"),
    "a quotation in a correction box": (
        "zh",
        '!!! warning "关于「点乘」"\n\n    <!-- rnn:slip N08 -->\n    笔记的「点乘」和“点乘”。',
    ),
    "a part of another word": ("en", "cells, timesteppers"),
    "time steps, time-step": ("en", "time steps and a time-step"),
    "a marked quotation": ("en", '<span lang="zh">点乘</span>'),
    "titles of papers": ("en", "## Sources { #sources }\n\n*The timestep*"),
}


@pytest.mark.parametrize("name", ALLOWED)
def test_other_places_may_say_anything(name):
    lang, text = ALLOWED[name]
    assert found(text, lang) == []


def test_in_a_correction_box_only_quotations_are_free():
    text = '!!! warning "t"\n\n    <!-- rnn:slip N08 -->\n    用「点乘」，不用点乘。'
    assert [message[:14] for message in found(text)] == ["docs/zh/x.md:4"]


def test_also_words_may_stand_on_the_glossary_page_and_never_words_may_not():
    assert found("逐元素乘", name="glossary.md") == []
    assert len(found("点乘", name="glossary.md")) == 1


@pytest.mark.parametrize("word", ["忘记门", "隐藏状态", "点乘", "递归神经网络"])
def test_the_table_of_the_site_bites(tmp_path, word):
    root = planted.plant(tmp_path, "能不能不看答案", f"能不能不看{word}")
    (message,) = planted.said(terminology.check(pages.read_all(root)))
    assert message.startswith(f"docs/zh/lstm.md:38: “{word}” is not used on this site; write ")
