"""Encoder and decoder: read one sequence of tokens, write another.

Three models: `Plain` hands over a state alone; `Bahdanau` attends to all that was read before each
step of the decoder; `Luong` attends after it.
"""

from .init import init_bahdanau, init_luong, init_plain
from .model import backward, scheduled, teacher_forced
from .records import Bahdanau, Luong, Plain, Run

__all__ = [
    "Bahdanau",
    "Luong",
    "Plain",
    "Run",
    "backward",
    "init_bahdanau",
    "init_luong",
    "init_plain",
    "scheduled",
    "teacher_forced",
]
