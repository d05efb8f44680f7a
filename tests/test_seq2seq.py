"""Encoder-decoder models: losses and gradients against PyTorch, the complex step and laws."""

import itertools

import numpy as np
import pytest
import record_torch_seq2seq
import torch_peer
from random_seq2seq import BOS, NAMES, SOURCE_LENGTHS, TARGET_LENGTHS, V_X, V_Y, B, S, T
from seq2seq_cases import LENGTHS, named, params, run, source, target

from rnnref import (
    ArgumentError,
    DTypeError,
    OptionError,
    ShapeError,
    decoding,
    gradcheck,
    gru,
    layers,
    losses,
    lstm,
    optim,
    seq2seq,
    train,
    trees,
)

every_model = pytest.mark.parametrize("name", NAMES)
every_kind = pytest.mark.parametrize("name", [name for name in NAMES if name.endswith("gru")])
live = np.arange(T) < np.array(TARGET_LENGTHS)[:, None]
seen = np.arange(S) < np.array(SOURCE_LENGTHS)[:, None]


def torch_names(p):
    """Return the arrays of a model or a gradient by the recorder's names."""
    renamed = {"p.encoder[0]": "p.encoder", "p.encoder[1]": "p.reverse"}
    found = {}
    for name, array in named(p).items():
        for ours, theirs in renamed.items():
            name = name.replace(ours, theirs)
        found[name.removeprefix("p.")] = array
    return found


@torch_peer.SOURCES
@every_model
def test_loss_and_all_gradients_equal_loops_in_pytorch(source, name):
    arrays = torch_peer.values(source, name, record_torch_seq2seq)
    found = run(params(name))
    np.testing.assert_allclose(found.loss, arrays["loss"], **torch_peer.TOLERANCE)
    grads = torch_names(seq2seq.backward(found))
    assert grads.keys() | {"loss"} == arrays.keys()
    for field, grad in grads.items():
        np.testing.assert_allclose(grad, arrays[field], **torch_peer.TOLERANCE, err_msg=field)


def upstream(found, seed=5):
    """Return random gradients for all outputs."""
    rng = np.random.default_rng(seed)
    dweights = None if found.weights is None else rng.standard_normal(found.weights.shape)
    return {"dloss": 1.7, "dlogits": rng.standard_normal(found.logits.shape), "dweights": dweights}


def total(found, given):
    """Return the number of which those are the gradients."""
    parts = [given["dloss"] * found.loss, np.sum(given["dlogits"] * found.logits)]
    if found.weights is not None:
        parts.append(np.sum(given["dweights"] * found.weights))
    return sum(parts)


def slopes(p, options=None, **changes):
    """Return the derivative along one random direction in each array, and what backward says."""
    arrays, rng = named(p), np.random.default_rng(11)
    found = run(p, options=options, **changes)
    given = upstream(found)
    grads, true, claimed = named(seq2seq.backward(found, **given)), [], []
    for name, array in arrays.items():
        direction = rng.standard_normal(array.shape)
        moved = arrays | {name: array + 1e-30j * direction}
        changed = run(p, moved, options=options, **changes)
        true.append(total(changed, given).imag / 1e-30)
        claimed.append(np.sum(grads[name] * direction))
    return claimed, true


@every_model
def test_every_gradient_equals_the_complex_step_along_a_direction(name):
    claimed, true = slopes(params(name))
    np.testing.assert_allclose(claimed, true, rtol=1e-11, atol=1e-13)


OPTIONS = {
    "gru": ({"reset": "after"}, {"reset": "after", "update": "replace"}),
    "lstm": ({"peepholes": True}, {"coupled": True}),
    "rnn": ({}, {"nonlinearity": "relu"}),
}


def drawn(kind, cell, H=4, **given):
    """Return a model from its `init`, every array then drawn anew so that none is zero."""
    rng = np.random.default_rng(3)
    sizes = (V_X, V_Y, 3, H, 5) if kind == "bahdanau" else (V_X, V_Y, 3, H)
    p = getattr(seq2seq, f"init_{kind}")(rng, *sizes, cell=cell, **given)
    return trees.rebuilt(p, [0.7 * rng.standard_normal(a.shape) for a in named(p).values()])


@pytest.mark.parametrize("kind", ["plain", "bahdanau", "luong"])
def test_cells_may_project_their_hidden_states(kind):
    p, rng = drawn(kind, "lstm"), np.random.default_rng(4)

    def projected(D):
        weights = lstm.init(rng, D, 6, P=4)
        arrays = named(weights).values()
        return trees.rebuilt(weights, [rng.standard_normal(a.shape) for a in arrays])

    encoder = (projected(3), projected(3)) if kind == "bahdanau" else projected(3)
    p = p._replace(encoder=encoder, decoder=projected(p.decoder.W.shape[1]))
    claimed, true = slopes(p)
    np.testing.assert_allclose(claimed, true, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("kind", ["plain", "bahdanau", "luong"])
def test_every_entry_of_every_gradient_equals_the_complex_step(kind):
    p = drawn(kind, "rnn", H=2)
    found = run(p)
    given, arrays = upstream(found), named(p)
    grads = named(seq2seq.backward(found, **given))
    report = gradcheck.check(lambda **changed: total(run(p, changed), given), arrays, grads)
    assert report.ok, str(report)


@pytest.mark.parametrize("cell", OPTIONS)
@pytest.mark.parametrize("kind", ["plain", "bahdanau", "luong"])
def test_the_options_of_a_cell_reach_both_sides_and_their_gradients(kind, cell):
    given, options = OPTIONS[cell]
    claimed, true = slopes(drawn(kind, cell, **given), options)
    np.testing.assert_allclose(claimed, true, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("score", ["dot", "general", "concat"])
def test_init_makes_the_score_that_was_asked_for(score):
    p = seq2seq.init_luong(np.random.default_rng(0), V_X, V_Y, 3, 4, score=score)
    kinds = {"dot": "NoneType", "general": "General", "concat": "Concat"}
    assert type(p.score).__name__ == kinds[score]
    assert np.isfinite(run(p).loss)


@every_model
def test_a_source_of_no_tokens_is_allowed(name):
    claimed, true = slopes(params(name), source_lengths=np.array([5, 0, 1]))
    np.testing.assert_allclose(claimed, true, rtol=1e-11, atol=1e-13)


@every_model
def test_a_padded_batch_is_every_sample_alone(name):
    p, whole = params(name), run(params(name))
    grads, counts = named(seq2seq.backward(whole)), np.array(TARGET_LENGTHS)
    alone, sums = [], dict.fromkeys(grads, 0)
    for b in range(B):
        pair = source[b : b + 1, : SOURCE_LENGTHS[b]], target[b : b + 1, : TARGET_LENGTHS[b]]
        one = seq2seq.teacher_forced(*pair, p, bos=BOS)
        alone.append(one.loss)
        np.testing.assert_allclose(whole.logits[b, : counts[b]], one.logits[0], rtol=1e-12)
        for name, grad in named(seq2seq.backward(one)).items():
            sums[name] = sums[name] + grad * counts[b] / counts.sum()
    np.testing.assert_allclose(whole.loss, np.sum(alone * counts) / counts.sum(), rtol=1e-13)
    for name, grad in grads.items():
        np.testing.assert_allclose(grad, sums[name], rtol=1e-10, atol=1e-14)


@every_kind
def test_the_loss_is_the_mean_over_live_tokens(name):
    found = run(params(name))
    one_each = losses.cross_entropy(found.logits, np.where(live, target, 0), reduction="none").loss
    np.testing.assert_allclose(found.loss, one_each[live].sum() / 9, rtol=1e-14)
    assert found.entropy.count == 9 and T * B == 12


def same(grads, others):
    """Say whether two gradients have the same bits."""
    pairs = zip(named(grads).values(), named(others).values(), strict=True)
    return all(np.array_equal(one, other) for one, other in pairs)


@every_kind
def test_what_stands_in_the_padding_changes_nothing(name):
    p = params(name)
    once, again = (
        run(p),
        run(
            p,
            source=np.where(seen, source, 5),
            target=np.where(live, target, 2),
        ),
    )
    assert np.array_equal(once.loss, again.loss) and np.array_equal(once.logits, again.logits)
    assert same(seq2seq.backward(once), seq2seq.backward(again))


@every_kind
def test_nan_in_the_rows_of_padding_tokens_does_not_spread(name):
    """Rows 0 stand for the padding: no live token is 0, and backward must not multiply them."""
    p = params(name)
    tables = [np.where(np.arange(len(W))[:, None] == 0, np.nan, W) for W in (p.source, p.target)]
    given = {"source": np.maximum(source, 1) * seen, "target": np.where(live, target, 0)}
    given["target"] = np.where(live & (target == 0), 3, given["target"])
    right = run(p, **given)
    found = run(p._replace(source=tables[0], target=tables[1]), **given)
    assert np.array_equal(found.logits, right.logits)
    assert same(seq2seq.backward(found), seq2seq.backward(right))


@pytest.mark.parametrize("name", ["plain, rnn", "bahdanau, rnn", "luong dot, rnn"])
def test_a_decoder_that_would_explode_in_the_padding_does_not_run_there(name):
    p = params(name)
    p = p._replace(decoder=p.decoder._replace(U=np.full(p.decoder.U.shape, 50.0)))
    given = {"source": source[:1], "source_lengths": None, "target_lengths": np.array([2])}
    options = {"nonlinearity": "relu"}
    short = run(p, target=target[:1], options=options, **given)
    padding = np.zeros((1, 200), int)
    padded = np.concatenate([target[:1], padding], axis=1)
    long = run(p, target=padded, options=options, **given)
    for name, grad in named(seq2seq.backward(long)).items():
        np.testing.assert_allclose(grad, named(seq2seq.backward(short))[name], rtol=1e-12)


@every_kind
def test_gradients_in_the_padding_are_not_read(name):
    found = run(params(name))
    given = upstream(found)
    odd = {
        name: np.where(live[..., None], given[name], np.nan)
        for name in ("dlogits", "dweights")
        if given[name] is not None
    }
    right = seq2seq.backward(found, **given)
    assert same(seq2seq.backward(found, **given | odd), right)


@every_kind
def test_outputs_past_the_end_and_weights_of_padding_are_zero(name):
    found = run(params(name))
    assert not np.any(found.logits[~live])
    if found.weights is not None:
        assert not np.any(found.weights[~live])
        assert not np.any(found.weights * ~seen[:, None])
        np.testing.assert_allclose(found.weights.sum(-1)[live], 1, rtol=1e-14)


@every_kind
def test_no_lengths_are_full_lengths(name):
    p, full = params(name), {"source": source[:1], "target": target[1:2]}
    whole = {"source_lengths": np.array([S]), "target_lengths": np.array([T])}
    none = dict.fromkeys(whole)
    with_, without = run(p, **full, **whole), run(p, **full, **none)
    assert np.array_equal(with_.logits, without.logits)
    assert np.array_equal(with_.loss, without.loss)


@every_kind
def test_no_prediction_depends_on_its_own_or_a_later_target(name):
    p, changed = params(name), target.copy()
    changed[1, 2] = (changed[1, 2] + 1) % V_Y
    one, other = run(p).logits, run(p, target=changed).logits
    assert np.array_equal(one[1, :3], other[1, :3])
    assert not np.allclose(one[1, 3], other[1, 3])


def test_the_start_state_of_bahdanau_comes_from_the_first_source_token():
    p = params("bahdanau, gru")
    x = p.source[source[:1]]
    back = gru.forward(x, p.encoder[1], reverse=True)
    s_0 = np.tanh(back.y[:, 0] @ p.start.W.T + p.start.b)
    found = run(p, source=source[:1], target=target[:1], source_lengths=None, target_lengths=[2])
    np.testing.assert_allclose(found.tape.encoded.state, s_0, rtol=1e-14)


def test_without_keys_to_tell_apart_luong_weighs_all_alike():
    p = params("luong general, gru")
    p = p._replace(score=type(p.score)(0 * p.score.W_a))
    weights = run(p).weights
    for b in range(B):
        n, m = SOURCE_LENGTHS[b], TARGET_LENGTHS[b]
        np.testing.assert_allclose(weights[b, :m, :n], 1 / n, rtol=1e-14)


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.uint64])
def test_tokens_may_be_of_any_kind_of_integer(kind):
    p = params("bahdanau, gru")
    tokens = [np.where(part, array, 100) for part, array in ((seen, source), (live, target))]
    given = dict(zip(("source", "target"), [array.astype(kind) for array in tokens], strict=True))
    found, right = run(p, **given), run(p)
    assert np.array_equal(found.logits, right.logits)
    assert same(seq2seq.backward(found), seq2seq.backward(right))
    rng = np.random.default_rng(0)
    mixed = seq2seq.scheduled(**given, p=p, bos=BOS, rate=0, rng=rng, **LENGTHS)
    assert np.array_equal(mixed.logits, right.logits)


@every_kind
def test_zero_upstream_gives_zero_gradients(name):
    grads = named(seq2seq.backward(run(params(name)), dloss=None))
    assert not any(np.any(grad) for grad in grads.values())


@every_model
def test_float32_stays_float32_and_is_near_float64(name):
    p = params(name)
    single = trees.rebuilt(p, [a.astype(np.float32) for a in named(p).values()])
    found, right = run(single), run(p)
    assert found.loss.dtype == found.logits.dtype == np.float32
    np.testing.assert_allclose(found.loss, right.loss, rtol=1e-5)
    grads = named(seq2seq.backward(found))
    assert {grad.dtype for grad in grads.values()} == {np.dtype(np.float32)}


@every_model
@pytest.mark.parametrize("sizes", [(0, S, T), (B, 0, T), (B, S, 0)])
def test_nothing_to_read_or_to_write_is_allowed(name, sizes):
    n, s, t = sizes
    p = params(name)
    found = seq2seq.teacher_forced(np.ones((n, s), int), np.ones((n, t), int), p, bos=BOS)
    assert found.logits.shape == (n, t, V_Y)
    assert (found.loss == 0) == (n * t == 0)
    grads = seq2seq.backward(found)
    assert [g.shape for g in named(grads).values()] == [a.shape for a in named(p).values()]
    assert all(np.all(np.isfinite(grad)) for grad in named(grads).values())


@every_kind
def test_logits_and_weights_are_read_only_and_arguments_are_not_kept(name):
    p = params(name)
    own = trees.rebuilt(p, [array.copy() for array in named(p).values()])
    found, right = run(own), named(seq2seq.backward(run(p)))
    for array in named(own).values():
        array[...] = 0
    for field, grad in named(seq2seq.backward(found)).items():
        assert np.array_equal(grad, right[field]), field
    outputs = [found.logits, found.loss] + ([] if found.weights is None else [found.weights])
    assert not any(array.flags.writeable for array in outputs)


@every_kind
def test_gradients_can_be_added_to_without_changing_another(name):
    grads = list(named(seq2seq.backward(run(params(name)))).values())
    for k, one in enumerate(grads):
        assert not any(np.shares_memory(one, other) for other in grads[k + 1 :])


@every_kind
def test_scheduled_sampling_at_rate_0_is_teacher_forcing(name):
    p, rng = params(name), np.random.default_rng(0)
    found = seq2seq.scheduled(source, target, p, bos=BOS, rate=0, rng=rng, **LENGTHS)
    assert np.array_equal(found.logits, run(p).logits)


@every_kind
def test_scheduled_sampling_at_rate_1_reads_its_own_likeliest_tokens(name):
    p, rng = params(name), np.random.default_rng(0)
    found = seq2seq.scheduled(source, target, p, bos=BOS, rate=1, rng=rng, **LENGTHS)
    own = np.argmax(found.logits, axis=-1)
    again = run(p, target=own)  # teacher forcing with what it wrote itself
    np.testing.assert_allclose(found.logits, again.logits, rtol=1e-13)


def test_scheduled_sampling_mixes_and_has_a_gradient():
    p = params("bahdanau, gru")
    given = {"bos": BOS, "rate": 0.5, **LENGTHS}
    found = seq2seq.scheduled(source, target, p, rng=np.random.default_rng(1), **given)
    grads, arrays = named(seq2seq.backward(found)), named(p)
    direction = np.random.default_rng(2).standard_normal(p.target.shape)
    moved = trees.rebuilt(p, (arrays | {"p.target": p.target + 1e-30j * direction}).values())
    loss = seq2seq.scheduled(source, target, moved, rng=np.random.default_rng(1), **given).loss
    np.testing.assert_allclose(np.sum(grads["p.target"] * direction), loss.imag / 1e-30, rtol=1e-11)
    assert found.loss != run(p).loss


def test_a_small_model_learns_to_reverse_four_digits():
    p = seq2seq.init_luong(np.random.default_rng(0), 4, 4, 12, 24)

    def gradient(p, rng):
        digits = rng.integers(1, 4, size=(48, 4))
        found = seq2seq.teacher_forced(digits, digits[:, ::-1], p, bos=0)
        return found.loss, seq2seq.backward(found)

    rng = np.random.default_rng(1)
    fitted = train.fit(gradient, p, optim.adam(0.03), steps=90, rng=rng, clip=1.0, progress=False)
    assert fitted.history.loss[0] > 1.2 and fitted.history.loss[-5:].max() < 0.1
    digits = np.array(list(itertools.product((1, 2, 3), repeat=4)))
    written = decoding.greedy(digits, fitted.params, bos=0, eos=0, limit=4).tokens
    assert np.mean(np.all(written == digits[:, ::-1], axis=-1)) > 0.9


plain, with_state = params("plain, gru"), params("plain, lstm")
bahdanau, luong = params("bahdanau, gru"), params("luong general, gru")


def wrong(array, place, value):
    changed = np.array(array)
    changed[place] = value
    return changed


REFUSALS = {
    "a source token out of range": (
        lambda: run(plain, source=wrong(source, (1, 1), 6)),
        ArgumentError,
        "seq2seq.teacher_forced: source must be between 0 and V-1=5, got 6 at (1, 1)",
    ),
    "a negative target token": (
        lambda: run(luong, target=wrong(target, (1, 3), -1)),
        ArgumentError,
        "seq2seq.teacher_forced: target must be between 0 and V-1=6, got -1 at (1, 3)",
    ),
    "a bos out of range": (
        lambda: run(plain, bos=7),
        ArgumentError,
        "seq2seq.teacher_forced: bos must be between 0 and V-1=6, got 7",
    ),
    "a length beyond the source": (
        lambda: run(plain, source_lengths=np.array([5, 6, 1])),
        ArgumentError,
        "seq2seq.teacher_forced: source_lengths must be between 0 and S=5, got 6 at [1]",
    ),
    "a length beyond the target": (
        lambda: run(plain, target_lengths=np.array([2, 1, 5])),
        ArgumentError,
        "seq2seq.teacher_forced: target_lengths must be between 0 and T=4, got 5 at [2]",
    ),
    "too few lengths": (
        lambda: run(plain, source_lengths=np.array([5, 2])),
        ShapeError,
        "seq2seq.teacher_forced: source_lengths must have shape (B=3,), got (2,)",
    ),
    "one sequence in place of a batch": (
        lambda: run(plain, source=source[0]),
        ShapeError,
        "seq2seq.teacher_forced: source must have shape (B, S), got (5,)",
    ),
    "tokens in a list": (
        lambda: run(plain, source=source.tolist()),
        DTypeError,
        "seq2seq.teacher_forced: source must be an array of integers, got list: "
        "np.array(source) converts it",
    ),
    "tokens as floats": (
        lambda: run(plain, target=target.astype(float)),
        DTypeError,
        "seq2seq.teacher_forced: target must be an array of integers, got an array of float64: "
        "target.astype(int) converts it",
    ),
    "fewer targets than sources": (
        lambda: run(plain, target=target[:2], target_lengths=None),
        ArgumentError,
        "seq2seq.teacher_forced: target must be between 0 and V-1=6, got 99 at (0, 2)",
    ),
    "a target for another batch": (
        lambda: run(plain, target=np.ones((2, 4), int), target_lengths=None),
        ShapeError,
        "seq2seq.teacher_forced: target must have shape (B=3, T), got (2, 4): "
        "B comes from source (3, 5)",
    ),
    "an unknown option": (
        lambda: run(plain, options={"reverse": True}),
        OptionError,
        "seq2seq.teacher_forced: **options must be one of 'reset', 'update', got 'reverse'",
    ),
    "an unknown value of an option": (
        lambda: run(plain, options={"update": "drop"}),
        OptionError,
        "seq2seq.teacher_forced: update must be one of 'keep', 'replace', got 'drop'",
    ),
    "an option that the weights contradict": (
        lambda: run(plain, options={"reset": "after"}),
        ArgumentError,
        'seq2seq.teacher_forced: p.encoder.b_u must be an array with reset="after", got None',
    ),
    "an option that one cell contradicts": (
        lambda: run(plain._replace(decoder=plain.decoder._replace(b_u=plain.decoder.b[:4]))),
        ArgumentError,
        'seq2seq.teacher_forced: p.decoder.b_u must be None with reset="before", '
        "got an array of float64",
    ),
    "another record": (
        lambda: run(plain.out),
        DTypeError,
        "seq2seq.teacher_forced: p must be a record seq2seq.Plain, seq2seq.Bahdanau or "
        "seq2seq.Luong, got layers.Linear",
    ),
    "a score that the model does not read": (
        lambda: run(luong._replace(score=bahdanau.score)),
        DTypeError,
        "seq2seq.teacher_forced: p.score must be None or a record attention.General or "
        "attention.Concat, got attention.Additive",
    ),
    "one encoder where two are needed": (
        lambda: run(bahdanau._replace(encoder=plain.encoder)),
        DTypeError,
        "seq2seq.teacher_forced: p.encoder must be two records Params of one cell, got gru.Params",
    ),
    "a decoder of another cell": (
        lambda: run(plain._replace(decoder=with_state.decoder)),
        DTypeError,
        "seq2seq.teacher_forced: p.decoder must be a record gru.Params(W, U, b), got lstm.Params",
    ),
    "an encoder for other embeddings": (
        lambda: run(plain._replace(source=plain.target)),
        ShapeError,
        "seq2seq.teacher_forced: p.encoder.W must have shape (3*H, D=2), got (12, 3): "
        "D=2 comes from p.source",
    ),
    "an output layer for another vocabulary": (
        lambda: run(plain._replace(out=layers.Linear(plain.out.W[:5], plain.out.b[:5]))),
        ShapeError,
        "seq2seq.teacher_forced: p.out.W must have shape (H=7, D=4), got (5, 4): "
        "H=7 comes from p.target",
    ),
    "gradients of weights where nothing attends": (
        lambda: seq2seq.backward(run(plain), dweights=np.ones((B, T, S))),
        ArgumentError,
        "seq2seq.backward: dweights must be None without attention, got an array of float64",
    ),
    "a gradient of another shape": (
        lambda: seq2seq.backward(run(plain), dlogits=np.ones((B, T, S))),
        ShapeError,
        "seq2seq.backward: dlogits must have shape (3, 4, 7), got (3, 4, 5): "
        "this is the shape of the output",
    ),
    "the run of a cell": (
        lambda: seq2seq.backward(run(plain).tape.decoded.cell),
        DTypeError,
        "seq2seq.backward: run must be what seq2seq.teacher_forced returns, got Run",
    ),
    "a rate beyond 1": (
        lambda: seq2seq.scheduled(
            source, target, plain, bos=BOS, rate=2, rng=np.random.default_rng(0)
        ),
        ArgumentError,
        "seq2seq.scheduled: rate must be a number in [0, 1], got 2",
    ),
    "no generator": (
        lambda: seq2seq.scheduled(source, target, plain, bos=BOS, rate=0.5, rng=3),
        DTypeError,
        "seq2seq.scheduled: rng must be a numpy.random.Generator, got int: "
        "np.random.default_rng(3) makes one",
    ),
    "an unknown cell": (
        lambda: seq2seq.init_plain(np.random.default_rng(0), 3, 4, 5, 6, cell="mlp"),
        OptionError,
        "seq2seq.init_plain: cell must be one of 'rnn', 'lstm', 'gru', got 'mlp'",
    ),
    "no hidden units": (
        lambda: seq2seq.init_bahdanau(np.random.default_rng(0), 3, 4, 5, 0, 6),
        ArgumentError,
        "seq2seq.init_bahdanau: H must be an integer of at least 1, got 0",
    ),
    "an unknown score": (
        lambda: seq2seq.init_luong(np.random.default_rng(0), 3, 4, 5, 6, score="location"),
        OptionError,
        "seq2seq.init_luong: score must be one of 'dot', 'general', 'concat', got 'location'",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_the_whole_text_of_a_refusal(name):
    call, kind, text = REFUSALS[name]
    with pytest.raises(kind) as refusal:
        call()
    assert str(refusal.value) == text


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_has_a_chinese_text_too(chinese, name):
    call, kind, text = REFUSALS[name]
    with pytest.raises(kind) as refusal:
        call()
    assert "应" in str(refusal.value) and str(refusal.value) != text


def test_a_vocabulary_of_one_token_has_padding_too():
    p = seq2seq.init_plain(np.random.default_rng(0), 1, 1, 2, 3)
    tokens, lengths = np.zeros((2, 3), int), np.array([3, 1])
    found = seq2seq.teacher_forced(
        tokens, tokens, p, bos=0, source_lengths=lengths, target_lengths=lengths
    )
    assert found.loss == 0
