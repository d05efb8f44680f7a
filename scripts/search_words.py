"""Teach the word splitter of the search index the terms of this site."""

import logging

import jieba

from rnnref.explain import terms


def teach():
    """Keep every Chinese term, and every rival of one, together as a word.

    Without the splitter MkDocs would index whole clauses, and no Chinese word inside a sentence
    would be found; it is imported here so that its absence is an error.
    """
    jieba.setLogLevel(logging.WARNING)
    for entry in terms.table()["terms"].values():
        for word in [entry["zh"], *entry.get("also_zh", ()), *entry.get("never_zh", ())]:
            jieba.add_word(word)
