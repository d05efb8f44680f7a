"""Attention: compare a query with keys, turn the scores into weights, average the values.

`score_*` and `attend` are the textbook, one line per equation, each with its derivatives in a
function of its own; `attention` puts them together and adds what hides keys from queries.
"""

from ..masks import causal_mask, length_mask
from .heads import MultiHead, MultiHeadGrads, MultiHeadRun, multihead, multihead_backward
from .init import init_multihead
from .plain import Attended, AttendGrads, attend, attend_backward, weighted_sum
from .score_gradients import (
    AdditiveGrads,
    ConcatGrads,
    DotGrads,
    GeneralGrads,
    score_additive_backward,
    score_concat_backward,
    score_dot_backward,
    score_general_backward,
    score_scaled_backward,
)
from .scores import (
    Additive,
    Concat,
    General,
    score_additive,
    score_concat,
    score_dot,
    score_general,
    score_scaled,
)
from .whole import Attention, AttentionGrads, attention, attention_backward

__all__ = [
    "Additive",
    "AdditiveGrads",
    "AttendGrads",
    "Attended",
    "Attention",
    "AttentionGrads",
    "Concat",
    "ConcatGrads",
    "DotGrads",
    "General",
    "GeneralGrads",
    "MultiHead",
    "MultiHeadGrads",
    "MultiHeadRun",
    "attend",
    "attend_backward",
    "attention",
    "attention_backward",
    "causal_mask",
    "init_multihead",
    "length_mask",
    "multihead",
    "multihead_backward",
    "score_additive",
    "score_additive_backward",
    "score_concat",
    "score_concat_backward",
    "score_dot",
    "score_dot_backward",
    "score_general",
    "score_general_backward",
    "score_scaled",
    "score_scaled_backward",
    "weighted_sum",
]
