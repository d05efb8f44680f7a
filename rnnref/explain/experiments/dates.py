"""Dates in five ways of writing, English and Chinese, to one: 3 May 1979 becomes 1979-05-03."""

import numpy as np

from ... import seq2seq
from . import experiment
from .translation import batch, exact, right_tokens, run, trained, written

MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
HAN = "〇一二三四五六七八九"
YEARS, DAYS = (1950, 2050), 28  # a day that every month has
TARGET = "0123456789-"
SHOWN = ((1979, 5, 3, 1), (1997, 7, 21, 3), (2024, 11, 26, 2))  # year, month, day, way of writing
SEED, SIZE = 0, {"E": 16, "H": 24}
UNITS, BATCH, STEPS, TESTED = 16, 32, {"attention": 300, "plain": 500}, 512


def han(number):
    """Write a number from 1 to 99 in Chinese."""
    tens, units = divmod(number, 10)
    front = "" if tens == 0 else "十" if tens == 1 else HAN[tens] + "十"
    return front + (HAN[units] if units else "")


def forms(year, month, day):
    """Return the five ways of writing a date."""
    years = "".join(HAN[int(digit)] for digit in str(year))
    return (
        f"{day} {MONTHS[month - 1]} {year}",
        f"{MONTHS[month - 1][:3]} {day}, {year}",
        f"{year}年{month}月{day}日",
        f"{years}年{han(month)}月{han(day)}日",
        f"{day:02}.{month:02}.{year}",
    )


def alphabet():
    """Return all characters of the sources, in a fixed order."""
    texts = (forms(1234567890, month, day) for month in range(1, 13) for day in range(1, 32))
    return sorted(set("".join("".join(text) for text in texts)))


ALPHABET = {letter: token for token, letter in enumerate(alphabet())}


def read(text):
    """Return a source as tokens."""
    return [ALPHABET[letter] for letter in text]


def target(year, month, day):
    """Return the ISO form of a date as tokens."""
    return [2 + TARGET.index(letter) for letter in f"{year}-{month:02}-{day:02}"]


def held_out(year, month, day):
    """Say whether a date is kept for the test: every tenth one."""
    return (year * 12 * DAYS + month * DAYS + day) % 10 == 0


def draw(rng, count, tested=False):
    """Return a batch of random dates in random ways of writing."""
    sources, targets = [], []
    while len(sources) < count:
        year, month, day = rng.integers((YEARS[0], 1, 1), (YEARS[1], 13, DAYS + 1)).tolist()
        if held_out(year, month, day) == tested:
            sources.append(read(forms(year, month, day)[rng.integers(5)]))
            targets.append(target(year, month, day))
    return batch(sources, targets)


def model(kind):
    """Return a trained model, with attention or without."""
    rng, vocabularies = np.random.default_rng(SEED), (len(ALPHABET), 2 + len(TARGET))
    if kind == "attention":
        p = seq2seq.init_bahdanau(rng, *vocabularies, **SIZE, A=UNITS)
    else:
        p = seq2seq.init_plain(rng, *vocabularies, **SIZE)
    return trained(p, lambda rng: draw(rng, BATCH), rng, STEPS[kind])


@experiment("dates")
def dates():
    """Return how many held-out dates each model gets right, and where attention looked."""
    models = {kind: model(kind) for kind in STEPS}
    tests = draw(np.random.default_rng(SEED + 1), TESTED, tested=True)
    return {
        "exact": {kind: exact(p, tests) for kind, p in models.items()},
        "characters": {kind: right_tokens(p, tests) for kind, p in models.items()},
        "shown": [looked(models["attention"], *shown) for shown in SHOWN],
    }


def looked(p, year, month, day, way):
    """Return one source, what the model writes for it, and the weights while it writes."""
    text = forms(year, month, day)[way]
    tokens = written(p, batch([read(text)], [target(year, month, day)]))[0, :-1].tolist()
    weights = run(p, batch([read(text)], [tokens])).weights[0, :-1]
    return {
        "source": text,
        "written": "".join(TARGET[token - 2] for token in tokens),
        "weights": weights,
    }
