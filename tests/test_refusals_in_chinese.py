"""What is refused in English by the tests of a topic is refused in Chinese too, and whole."""

import re

import pytest
import test_attention_backward
import test_chunked
import test_decoding
import test_initialise_layers
import test_lengths
import test_multihead
import test_seq2seq
import test_stack
import test_transformer
from refusals import refused

TOPICS = (
    *(test_attention_backward, test_chunked, test_decoding, test_initialise_layers, test_lengths),
    *(test_multihead, test_seq2seq, test_stack, test_transformer),
)


def tables():
    """Yield every refusal of these topics."""
    for topic in TOPICS:
        table = topic.REFUSALS
        rows = table.items() if isinstance(table, dict) else enumerate(table)
        for name, (call, kind, *_) in rows:
            yield pytest.param(call, kind, id=f"{topic.__name__}-{name}")


# Words of English sentences; what is left of a Chinese text in Latin letters is code.
ENGLISH = re.compile(
    r"\b(a|an|and|are|array|arrays|as|at|be|between|boolean|by|comes|from|got|have|integer|"
    r"integers|is|it|makes|may|must|needs|no|number|numbers|of|one|record|records|sequence|shape|"
    r"states|than|that|the|them|this|two|what|where|which|with|would)\b"
)
CODE = re.compile(r"'[^']*'|\"[^\"]*\"|\w+(\.\w+)+|\w+\([^)]*\)|\w+\[[^\]]*\]")


@pytest.mark.parametrize(("call", "kind"), [*tables()])
def test_a_refusal_is_chinese_from_beginning_to_end(chinese, call, kind):
    text = refused(call, kind)
    assert "应" in text
    assert not ENGLISH.search(CODE.sub("", text)), text
