"""Weights of an encoder-decoder that do not fit together, and where the sizes come from."""

import numpy as np
import pytest
from test_seq2seq import params, run

from rnnref import DTypeError, ShapeError, seq2seq

# The model; a record of its weights, an array in it, the axis that is one too long, and which
# encoder; what is wrong, and why.
MISFITS = [
    (
        "plain, gru",
        ("encoder", "W", 1),
        "p.encoder.W must have shape (3*H, D=3), got (12, 4)",
        "D=3 comes from p.source",
    ),
    (
        "plain, gru",
        ("decoder", "W", 1),
        "p.decoder.W must have shape (3*H=12, D=2), got (12, 3)",
        "D=2 comes from p.target",
    ),
    (
        "plain, gru",
        ("decoder", "U", 1),
        "p.decoder.U must have shape (3*H=12, H=4), got (12, 5)",
        "H=4 comes from p.encoder",
    ),
    (
        "plain, gru",
        ("out", "W", 0),
        "p.out.W must have shape (H=7, D=4), got (8, 4)",
        "H=7 comes from p.target",
    ),
    (
        "plain, gru",
        ("out", "W", 1),
        "p.out.W must have shape (H=7, D=4), got (7, 5)",
        "D=4 comes from p.decoder",
    ),
    (
        "plain, gru",
        ("out", "b", 0),
        "p.out.b must have shape (H=7,), got (8,)",
        "H=7 comes from p.target",
    ),
    (
        "plain, lstm",
        ("decoder", "W", 1),
        "p.decoder.W must have shape (4*H=16, D=2), got (16, 3)",
        "D=2 comes from p.target",
    ),
    (
        "plain, lstm",
        ("decoder", "U", 1),
        "p.decoder.U must have shape (4*H=16, H=4), got (16, 5)",
        "H=4 comes from p.encoder",
    ),
    (
        "bahdanau, gru",
        ("encoder", "W", 1, 0),
        "p.encoder[0].W must have shape (3*H, D=3), got (12, 4)",
        "D=3 comes from p.source",
    ),
    (
        "bahdanau, gru",
        ("encoder", "W", 1, 1),
        "p.encoder[1].W must have shape (3*H, D=3), got (12, 4)",
        "D=3 comes from p.source",
    ),
    (
        "bahdanau, gru",
        ("encoder", "U", 1, 1),
        "p.encoder[1].U must have shape (3*H=12, H=4), got (12, 5)",
        "H=4 comes from p.encoder[1].W (12, 3)",
    ),
    (
        "bahdanau, gru",
        ("decoder", "W", 1),
        "p.decoder.W must have shape (3*H, D=10), got (15, 11)",
        "D=10 comes from p.target, p.encoder",
    ),
    (
        "bahdanau, gru",
        ("start", "W", 0),
        "p.start.W must have shape (H=5, D=4), got (6, 4)",
        "H=5 comes from p.decoder",
    ),
    (
        "bahdanau, gru",
        ("start", "W", 1),
        "p.start.W must have shape (H=5, D=4), got (5, 5)",
        "D=4 comes from p.encoder[1]",
    ),
    (
        "bahdanau, gru",
        ("score", "W_a", 1),
        "p.score.W_a must have shape (A, E=5), got (5, 6)",
        "E=5 comes from p.decoder",
    ),
    (
        "bahdanau, gru",
        ("score", "U_a", 1),
        "p.score.U_a must have shape (A=5, F=8), got (5, 9)",
        "F=8 comes from p.encoder",
    ),
    (
        "bahdanau, gru",
        ("out", "W", 0),
        "p.out.W must have shape (H=7, D=15), got (8, 15)",
        "H=7 comes from p.target",
    ),
    (
        "bahdanau, gru",
        ("out", "W", 1),
        "p.out.W must have shape (H=7, D=15), got (7, 16)",
        "D=15 comes from p.decoder, p.encoder, p.target",
    ),
    (
        "luong general, gru",
        ("decoder", "W", 1),
        "p.decoder.W must have shape (3*H=12, D=2), got (12, 3)",
        "D=2 comes from p.target",
    ),
    (
        "luong general, gru",
        ("score", "W_a", 0),
        "p.score.W_a must have shape (E=4, F=4), got (5, 4)",
        "E=4 comes from p.decoder",
    ),
    (
        "luong general, gru",
        ("score", "W_a", 1),
        "p.score.W_a must have shape (E=4, F=4), got (4, 5)",
        "F=4 comes from p.encoder",
    ),
    (
        "luong general, gru",
        ("combine", "W", 1),
        "p.combine.W must have shape (H, D=8), got (8, 9)",
        "D=8 comes from p.encoder, p.decoder",
    ),
    (
        "luong general, gru",
        ("out", "W", 1),
        "p.out.W must have shape (H=7, D=8), got (7, 9)",
        "D=8 comes from p.combine",
    ),
    (
        "luong general, gru",
        ("out", "W", 0),
        "p.out.W must have shape (H=7, D=8), got (8, 8)",
        "H=7 comes from p.target",
    ),
    (
        "luong concat, gru",
        ("score", "W_a", 1),
        "p.score.W_a must have shape (A, E+F=8), got (5, 9)",
        "E=4 comes from p.decoder; F=4 comes from p.encoder",
    ),
]


def longer(record, field, axis):
    """Return a record with one number more along an axis of one array."""
    array = getattr(record, field)
    more = np.concatenate([array, np.take(array, [0], axis)], axis)
    return record._replace(**{field: more})


@pytest.mark.parametrize(("kind", "place", "what", "why"), MISFITS)
def test_weights_that_do_not_fit_are_refused_and_what_they_have_to_fit_is_named(
    kind, place, what, why
):
    p, (name, field, axis, *which) = params(kind), place
    given = getattr(p, name)
    if which:
        records = list(given)
        records[which[0]] = longer(records[which[0]], field, axis)
        changed = tuple(records)
    else:
        changed = longer(given, field, axis)
    with pytest.raises(ShapeError) as refusal:
        run(p._replace(**{name: changed}))
    assert str(refusal.value) == f"seq2seq.teacher_forced: {what}: {why}"


RECORD = params("bahdanau, gru").encoder[0]
NO_PAIRS = [
    (3.0, "float"),
    (None, "None"),
    ((RECORD,), "tuple"),
    ((RECORD, RECORD, RECORD), "tuple"),
    ((3.0, RECORD), "tuple"),
]


@pytest.mark.parametrize(("encoder", "came"), NO_PAIRS)
def test_what_is_no_pair_of_records_is_no_encoder_of_two_directions(encoder, came):
    with pytest.raises(DTypeError) as refusal:
        run(params("bahdanau, gru")._replace(encoder=encoder))
    expected = "p.encoder must be two records Params of one cell"
    assert str(refusal.value) == f"seq2seq.teacher_forced: {expected}, got {came}"


def test_the_second_record_of_a_pair_is_told_by_its_place():
    with pytest.raises(DTypeError) as refusal:
        run(params("bahdanau, gru")._replace(encoder=(RECORD, 3.0)))
    expected = "p.encoder[1] must be a record gru.Params(W, U, b), got float"
    assert str(refusal.value) == f"seq2seq.teacher_forced: {expected}"


@pytest.mark.parametrize(("encoder", "came"), [(3.0, "float"), ((RECORD,), "tuple")])
def test_what_is_no_record_is_no_encoder_of_one_direction(encoder, came):
    with pytest.raises(DTypeError) as refusal:
        run(params("plain, gru")._replace(encoder=encoder))
    expected = "p.encoder must be a record Params of a cell"
    assert str(refusal.value) == f"seq2seq.teacher_forced: {expected}, got {came}"


def test_a_decoder_is_projected_as_its_encoder_is():
    narrow, wide = (
        seq2seq.init_plain(np.random.default_rng(0), 6, 7, 3, 4, cell="lstm", P=P) for P in (2, 3)
    )
    tokens = np.zeros((1, 2), int)
    with pytest.raises(ShapeError) as refusal:
        seq2seq.teacher_forced(tokens, tokens, narrow._replace(decoder=wide.decoder), bos=0)
    expected = "p.decoder.U must have shape (4*H=16, P=2), got (16, 3): P=2 comes from p.encoder"
    assert str(refusal.value) == f"seq2seq.teacher_forced: {expected}"
