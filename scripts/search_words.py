"""Teach the word splitter of the search index the terms of this site."""

import logging
from pathlib import Path

import jieba

from rnnref.explain import terms

CACHE = Path(__file__).parent.parent / ".cache" / "words"
LONGEST = 3  # 遗忘门 is one word; 梯度消失 stays two, so that 消失 alone is found too


def teach():
    """Keep the short Chinese terms, and their rivals, together as words.

    Without the splitter MkDocs would index whole clauses, and no Chinese word inside a sentence
    would be found; it is imported here so that its absence is an error.
    """
    jieba.setLogLevel(logging.WARNING)
    CACHE.mkdir(parents=True, exist_ok=True)
    jieba.dt.tmp_dir = str(CACHE)  # not the folder that all users of a machine share
    for entry in terms.table()["terms"].values():
        for word in [entry["zh"], *entry.get("also_zh", ()), *entry.get("never_zh", ())]:
            if len(word) <= LONGEST:
                jieba.add_word(word)
