"""Teach the word splitter of the search index the terms of this site."""

import logging

import jieba

from rnnref.explain import terms

LONGEST = 3  # 遗忘门 is one word; 梯度消失 stays two, so that 消失 alone is found too


def teach():
    """Keep the short Chinese terms, and their rivals, together as words.

    Without the splitter MkDocs would index whole clauses, and no Chinese word inside a sentence
    would be found; it is imported here so that its absence is an error.
    """
    jieba.setLogLevel(logging.WARNING)
    for entry in terms.table()["terms"].values():
        for word in [entry["zh"], *entry.get("also_zh", ()), *entry.get("never_zh", ())]:
            if len(word) <= LONGEST:
                jieba.add_word(word)
