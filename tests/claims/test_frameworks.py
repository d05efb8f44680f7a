"""The claims of the page on frameworks, one test each."""

import contextlib
import io
import itertools
import re
import runpy
import textwrap
from pathlib import Path

import layered
import numpy as np
import onnx_node
import pytest
from layered import Case

from rnnref import ArgumentError, ShapeError, convert, examples, gradcheck, gru, lstm, rnn
from rnnref.explain.values import frameworks as tables
from scripts import pages

ROOT = Path(__file__).parents[2]
AFTER = {"reset": "after"}
B, T, D, H = 2, 5, 3, 4
TO = {name: getattr(convert, f"to_{name}") for name in ("torch", "keras", "onnx", "flax")}
FROM = {name: getattr(convert, f"from_{name}") for name in TO}
ROUNDING = 1e-14


@pytest.fixture
def rng():
    return np.random.default_rng(9)


def printed(name):
    """Return what an example prints, line by line."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        runpy.run_path(str(ROOT / "docs" / "examples" / f"{name}.py"))
    return out.getvalue().splitlines()


def numbers(line):
    return [float(word) for word in re.findall(r"-?\d+\.?\d*(?:e[+-]\d+)?", line)]


def solved(number, **given):
    """Run one block of code of the answers on given values and return all its names."""
    page = pages.read(ROOT, "zh", "frameworks.md")
    block = [code for code in page.of("code") if code.section == "exercises"][number]
    names = {"np": np, **given}
    exec(textwrap.dedent(block.value), names)
    return names


def single(cell, **options):
    """Return a random record of one layer, its options, and its y on random inputs."""
    case = Case(cell, options)
    [p] = layered.records(case)
    return p, options, outputs(p, options)


def outputs(p, options):
    """Return y of one record from a random state."""
    cell = type(p).__module__.split(".")[1]
    return layered.run([p], options, layered.inputs(), layered.starts(Case(cell, {})))[0]


def recorded(name, cell):
    """Return the record of one recorded layer, its options, and the y of the framework."""
    group = f"from {cell} single/" if name == "torch_convert" else f"from {cell}/"
    with np.load(ROOT / "tests" / "golden" / f"{name}.npz") as arrays:
        found = {key.removeprefix(group): arrays[key] for key in arrays if key.startswith(group)}
    weights = {k.removeprefix("weights/"): a for k, a in found.items() if "weights" in k}
    [p], options = FROM[name.partition("_")[0]](weights, cell)
    return p, options, found["y"]


def in_onnx(engine, cell, p, options):
    """Return y of an ONNX node with the weights of a record."""
    weights, attributes = convert.to_onnx([p], options), convert.onnx_attributes([p], options)
    starts = layered.starts(Case(cell, options))
    return onnx_node.run(engine, cell, weights, attributes, layered.inputs(), starts)[0]


def off(y, other):
    return np.max(np.abs(y - other))


def reordered(p, order):
    """Return a record whose blocks stand in another order."""
    rows = np.split(np.arange(len(p.b)), len(order))
    rows = np.concatenate([rows[k] for k in order])
    return p._replace(W=p.W[rows], U=p.U[rows], b=p.b[rows])


def wrong_orders(count):
    return [order for order in itertools.permutations(range(count)) if list(order) != sorted(order)]


@pytest.mark.claim("frameworks.same-rows")
def test_the_matrices_of_pytorch_are_ours_number_by_number():
    for p, options in (
        (examples.lstm_params(), {}),
        (examples.gru_params_reset_after(), AFTER),
    ):
        weights = convert.to_torch([p], options)
        np.testing.assert_array_equal(weights["weight_ih_l0"], p.W)
        np.testing.assert_array_equal(weights["weight_hh_l0"], p.U)


@pytest.mark.claim("frameworks.onnx-rows")
def test_onnx_has_our_rows_in_another_order():
    W = examples.lstm_params().W
    theirs = convert.to_onnx([examples.lstm_params()])["W"][0]
    assert not np.array_equal(theirs, W)
    assert sorted(map(tuple, theirs)) == sorted(map(tuple, W))


@pytest.mark.claim("frameworks.transposed")
def test_keras_and_the_joined_matrices_of_flax_are_ours_transposed():
    p = examples.lstm_params()
    keras, flax = convert.to_keras([p]), convert.to_flax([p])
    np.testing.assert_array_equal(keras["lstm/lstm_cell/kernel"], p.W.T)
    kernels = [array for key, array in flax.items() if re.fullmatch("i./kernel", key)]
    np.testing.assert_array_equal(np.concatenate(kernels, axis=1), p.W.T)


@pytest.mark.claim("frameworks.float32")
@pytest.mark.parametrize("name", TO)
def test_weights_of_float32_stay_so_and_give_outputs_of_float32(name):
    p, options, y = single("lstm")
    weights = {key: array.astype(np.float32) for key, array in TO[name]([p], options).items()}
    [q], found = FROM[name](weights, "lstm")
    assert {array.dtype for array in q if array is not None} == {np.dtype(np.float32)}
    start = lstm.State(*(a.astype(np.float32) for a in layered.starts(Case("lstm", {}))[0]))
    run = lstm.forward(layered.inputs().astype(np.float32), q, state=start, **found)
    assert run.y.dtype == np.float32
    assert off(run.y, y) < 1e-5


@pytest.mark.claim("frameworks.keeps")
def test_z_multiplies_the_old_state_in_the_records_and_in_onnx():
    for name in ("torch_convert", "keras", "flax"):
        p, options, y = recorded(name, "gru")
        assert off(outputs(p, options | {"update": "keep"}), y) < 1e-13
        assert off(outputs(p, options | {"update": "replace"}), y) > 0.1
    p, options, _ = single("gru")
    found = in_onnx("reference", "gru", p, options)
    assert off(outputs(p, {"update": "keep"}), found) < 1e-13
    assert off(outputs(p, {"update": "replace"}), found) > 0.1


@pytest.mark.claim("frameworks.there-and-back")
def test_there_and_back_keeps_matrices_and_outputs_but_not_the_two_biases():
    *kept, last = printed("frameworks_torch")
    assert [line.split()[-1] for line in kept] == ["True", "True", "False", "False"]
    assert numbers(last)[-1] < ROUNDING


@pytest.mark.claim("frameworks.four")
def test_the_gru_of_the_example_comes_back_from_all_four_with_no_difference():
    *lines, _ = printed("frameworks_four")
    assert [line.split()[0] for line in lines] == list(TO)
    assert all("max |Δy| = 0.0 " in line for line in lines)


@pytest.mark.claim("frameworks.options")
def test_without_the_options_a_record_with_b_u_is_refused():
    [p], options = convert.from_torch(
        convert.to_torch([examples.gru_params_reset_after()], AFTER), "gru"
    )
    gru.forward(examples.X, p, **options)
    with pytest.raises(ArgumentError, match="b_u"):
        gru.forward(examples.X, p)


@pytest.mark.claim("frameworks.keras-told")
@pytest.mark.parametrize(("cell", "options"), [("gru", {}), ("gru", AFTER)])
def test_biases_of_a_keras_gru_do_not_fit_a_wrong_reset_after(cell, options):
    p, options, _ = single(cell, **options)
    weights, right = convert.to_keras([p], options), options == AFTER
    convert.from_keras(weights, cell, reset_after=right)
    with pytest.raises(ArgumentError, match="reset_after"):
        convert.from_keras(weights, cell, reset_after=not right)


@pytest.mark.claim("frameworks.onnx-untold")
def test_the_example_in_onnx_without_attributes_resets_before_and_is_off_by_0_15():
    p = examples.gru_params_reset_after()
    weights = convert.to_onnx([p], AFTER)
    [q], found = convert.from_onnx(weights, "gru")
    assert found["reset"] == "before"
    right = gru.forward(examples.X, p, **AFTER).y
    wrong = gru.forward(examples.X, q, **found).y
    assert round(off(wrong, right), 2) == 0.15


@pytest.mark.claim("frameworks.untold")
def test_weights_of_a_relu_network_are_taken_for_tanh_unless_told():
    p, options, y = single("rnn", nonlinearity="relu")
    weights = convert.to_torch([p], options)
    told = convert.from_torch(weights, "rnn", nonlinearity="relu")
    untold = convert.from_torch(weights, "rnn")
    assert untold[1] == {"nonlinearity": "tanh"}
    np.testing.assert_array_equal(outputs(told[0][0], told[1]), y)
    assert off(outputs(untold[0][0], untold[1]), y) > 0.1


@pytest.mark.claim("frameworks.silent")
def test_every_wrong_order_has_the_right_shapes_and_visibly_wrong_numbers():
    p, y = examples.lstm_params(), examples.lstm_run().y
    runs = [lstm.forward(examples.X, reordered(p, order)).y for order in wrong_orders(4)]
    deltas = sorted(off(run, y) for run in runs)
    assert len(deltas) == 23 and deltas[0] > 0.01
    first, *steps, last = printed("frameworks_order")
    assert first == "True True" and len(steps) == 3
    assert numbers(last) == pytest.approx([0, deltas[0], deltas[-1]], abs=5e-5)
    onnx = lstm.forward(examples.X, reordered(p, (0, 3, 1, 2))).y[0]  # i o f c
    for t, line in enumerate(steps):
        wanted = [t + 1, *examples.lstm_run().y[0, t], *onnx[t]]
        assert numbers(line) == pytest.approx(wanted, abs=6e-5)


@pytest.mark.claim("frameworks.sign")
def test_the_order_of_onnx_read_as_ours_turns_the_sign_of_unit_2_at_steps_1_and_2():
    p = examples.lstm_params()
    wrong = reordered(p, (0, 3, 1, 2))
    np.testing.assert_array_equal(convert.to_onnx([p])["W"][0], wrong.W)
    right, other = (lstm.forward(examples.X, q).y[0, :, 1] for q in (p, wrong))
    assert (np.sign(right) != np.sign(other)).tolist() == [True, True, False]


@pytest.mark.claim("frameworks.transpose-seen")
@pytest.mark.parametrize(("cell", "options"), [("lstm", {}), ("gru", AFTER)])
def test_a_stacked_matrix_that_was_not_transposed_is_refused(cell, options):
    p, options, _ = single(cell, **options)
    told = {"reset_after": True} if cell == "gru" else {}
    weights = convert.to_keras([p], options)
    convert.from_keras(weights, cell, **told)
    for key in weights:
        if key.endswith("kernel"):
            with pytest.raises(ShapeError):
                convert.from_keras(weights | {key: weights[key].T}, cell, **told)


@pytest.mark.claim("frameworks.square")
def test_a_square_matrix_that_was_not_transposed_is_accepted_and_wrong():
    p, options, y = single("rnn")
    for name, key in (
        ("keras", "simple_rnn/simple_rnn_cell/recurrent_kernel"),
        ("flax", "h/kernel"),
    ):
        weights = TO[name]([p], options)
        [q], found = FROM[name](weights | {key: weights[key].T}, "rnn")
        assert off(outputs(q, found), y) > 0.1
    p, options, y = single("lstm")
    weights = convert.to_flax([p])
    on_state = [key for key in weights if re.fullmatch("h./kernel", key)]
    assert len(on_state) == 4
    for key in on_state:
        [q], found = convert.from_flax(weights | {key: weights[key].T}, "lstm")
        assert off(outputs(q, found), y) > 0.1


@pytest.mark.claim("frameworks.square-input")
@pytest.mark.parametrize(
    ("name", "cell", "key", "times"),
    [
        ("keras", "rnn", "simple_rnn/simple_rnn_cell/kernel", 1),
        ("flax", "rnn", "i/kernel", 1),
        ("flax", "lstm", "if/kernel", 1),
        ("flax", "gru", "ir/kernel", 1),
        ("keras", "lstm", "lstm/lstm_cell/kernel", 4),
        ("keras", "gru", "gru/gru_cell/kernel", 3),
    ],
)
def test_with_such_sizes_a_matrix_on_the_input_is_square_and_its_transpose_unseen(
    rng, name, cell, key, times
):
    p, options, _ = single(cell, **(AFTER if cell == "gru" else {}))
    p = p._replace(W=rng.standard_normal((len(p.b), times * H)))
    told = {"reset_after": True} if (name, cell) == ("keras", "gru") else {}
    weights = TO[name]([p], options)
    assert weights[key].shape == (times * H, times * H)
    [q], found = FROM[name](weights | {key: weights[key].T}, cell, **told)
    run, x = {"rnn": rnn, "lstm": lstm, "gru": gru}[cell].forward, rng.random((B, T, times * H))
    assert off(run(x, q, **found).y, run(x, p, **options).y) > 0.01


@pytest.mark.claim("frameworks.split")
def test_only_the_two_biases_of_the_candidate_are_not_just_a_sum():
    gates, candidate = (numbers(line)[-1] for line in printed("frameworks_biases"))
    assert gates < ROUNDING and candidate > 0.01
    p = examples.gru_params_reset_after()
    p.b_r[:] = 800.0  # the reset gate wide open: then the sum is all that counts
    y = gru.forward(examples.X, p, **AFTER).y
    one = gru.Params(p.W, p.U, p.b.copy())
    one.b_h[:] += p.b_u
    np.testing.assert_allclose(gru.forward(examples.X, one).y, y, rtol=0, atol=ROUNDING)


@pytest.mark.claim("frameworks.two-steps")
def test_one_step_of_descent_moves_the_sum_of_two_biases_twice_as_far(rng):
    p = examples.lstm_params()
    back = lstm.backward(examples.lstm_run(), dy=examples.DY).params.b
    split = rng.standard_normal(len(p.b))
    weights = convert.to_torch([p])

    def loss(b_ih, b_hh):
        [q], _ = convert.from_torch(weights | {"bias_ih_l0": b_ih, "bias_hh_l0": b_hh}, "lstm")
        return np.sum(examples.DY * lstm.forward(examples.X, q).y)

    given = {"b_ih": p.b - split, "b_hh": split}
    report = gradcheck.check(loss, given, {"b_ih": back, "b_hh": back})
    assert report.ok, report
    moved = sum(bias - 0.1 * back for bias in given.values()) - p.b
    np.testing.assert_allclose(moved, 2 * (-0.1 * back), rtol=1e-12, atol=ROUNDING)


@pytest.mark.claim("frameworks.candidate-steps")
def test_the_two_biases_of_the_candidate_do_not_receive_the_same_gradient():
    run = gru.forward(examples.X, examples.gru_params_reset_after(), **AFTER)
    back = gru.backward(run, dy=examples.DY).params
    assert np.all(np.abs(back.b_u - back.b_h) > 0.01)


@pytest.mark.claim("frameworks.helpers")
def test_records_out_of_the_helpers_are_accepted_and_the_same_function():
    p, options, y = single("gru", update="replace")
    with pytest.raises(ArgumentError, match="negate_update"):
        convert.to_onnx([p], options)
    [q], found = convert.from_onnx(convert.to_onnx([convert.negate_update(p)]), "gru")
    assert off(outputs(q, found), y) < ROUNDING
    p, options, y = single("lstm", coupled=True)
    with pytest.raises(ArgumentError, match="uncouple"):
        convert.to_torch([p], options)
    [q], found = convert.from_torch(convert.to_torch([convert.uncouple(p)]), "lstm")
    assert off(outputs(q, found), y) < ROUNDING


@pytest.mark.claim("frameworks.accepted")
@pytest.mark.parametrize("name", TO)
def test_what_a_converter_accepts_comes_back_as_the_same_function(name):
    title = {to.__name__: name for name, to in tables.FRAMEWORKS.items()}[f"to_{name}"]
    accepted = [f for f in tables.FEATURES if tables.accepted(f, title) == tables.YES]
    assert accepted
    for feature in accepted:
        _, options = tables.FEATURES[feature]
        cell = "gru" if "reset" in options or feature == "before" else "lstm"
        case = Case(cell, options, (H, H) if feature == "layers" else (H,))
        case = case._replace(peepholes=feature == "peepholes")
        case = case._replace(outputs=2) if feature == "projection" else case
        records = layered.records(case)
        told = {"attributes": convert.onnx_attributes(records, options)} if name == "onnx" else {}
        if (name, cell) == ("keras", "gru"):
            told["reset_after"] = feature == "after"
        back, found = FROM[name](TO[name](records, options), cell, **told)
        x, starts = layered.inputs(), layered.starts(case)
        y = layered.run(records, options, x, starts)[0]
        assert off(layered.run(back, found, x, starts)[0], y) < ROUNDING, feature


@pytest.mark.claim("frameworks.records")
def test_no_recorded_output_of_a_framework_is_further_off_than_ten_to_minus_13():
    lines = printed("frameworks_records")
    assert [line.split()[0] for line in lines] == ["torch", "keras", "flax"]
    for line in lines:
        assert int(line.split()[2]) >= 8
        assert 0 < numbers(line)[-1] < 1e-13


@pytest.mark.claim("frameworks.distinct")
@pytest.mark.parametrize("name", ["torch_convert", "keras", "flax"])
@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_recorded_weights_in_any_other_order_are_off_by_more_than_a_tenth(name, cell):
    p, options, y = recorded(name, cell)
    assert off(outputs(p, options), y) < 1e-13
    for order in wrong_orders({"lstm": 4, "gru": 3}[cell]):
        assert off(outputs(reordered(p, order), options), y) > 0.1


@pytest.mark.claim("frameworks.onnx")
@pytest.mark.parametrize(("engine", "most"), [("reference", 1e-13), ("runtime", 1e-6)])
@pytest.mark.parametrize(("cell", "options"), [("lstm", {}), ("gru", {}), ("gru", AFTER)])
def test_onnx_computes_our_outputs_with_our_weights(engine, most, cell, options):
    p, options, y = single(cell, **options)
    assert off(in_onnx(engine, cell, p, options), y) < most


@pytest.mark.claim("frameworks.keras-gru")
def test_a_gru_of_keras_read_in_our_order_exchanges_r_and_z_without_an_error():
    p, _, y = single("gru")
    weights = convert.to_keras([p])
    W, U, b = (weights[f"gru/gru_cell/{name}"] for name in ("kernel", "recurrent_kernel", "bias"))
    wrong = gru.Params(W.T, U.T, b)
    np.testing.assert_array_equal(wrong.W_r, p.W_z)
    np.testing.assert_array_equal(wrong.W_z, p.W_r)
    assert off(outputs(wrong, {}), y) > 0.1


@pytest.mark.claim("frameworks.one-bias")
def test_one_of_two_biases_alone_raises_no_error_and_gives_other_numbers(rng):
    p, _, y = single("lstm")
    split = rng.standard_normal(len(p.b))
    both = convert.to_torch([p]) | {"bias_ih_l0": p.b - split, "bias_hh_l0": split}
    [q], _ = convert.from_torch(both, "lstm")
    assert off(outputs(q, {}), y) < ROUNDING
    alone = lstm.Params(both["weight_ih_l0"], both["weight_hh_l0"], both["bias_ih_l0"])
    assert off(outputs(alone, {}), y) > 0.1


@pytest.mark.claim("frameworks.dropped")
def test_without_its_options_a_gru_is_refused_and_other_records_are_wrong():
    p, _, _ = single("gru", **AFTER)
    with pytest.raises(ArgumentError):
        gru.forward(layered.inputs(), p)
    p, options, y = single("rnn", nonlinearity="relu")
    [q], found = convert.from_torch(convert.to_torch([p], options), "rnn", nonlinearity="relu")
    assert found == options
    assert off(outputs(q, {}), y) > 0.1
    for options in ({"coupled": True}, {"reverse": True}):
        p, _, y = single("lstm", **options)
        told = {"attributes": convert.onnx_attributes([p], options)}
        [q], found = convert.from_onnx(convert.to_onnx([p], options), "lstm", **told)
        assert found.items() >= options.items()
        assert off(outputs(q, {}), y) > 0.1


@pytest.mark.claim("frameworks.zero-biases")
def test_with_biases_of_zero_a_wrong_bias_goes_unseen():
    p, _, y = single("lstm")
    zero = p._replace(b=np.zeros_like(p.b))

    def turned(q):  # the biases alone in the order of ONNX
        return q._replace(b=reordered(q, (0, 3, 1, 2)).b)

    assert off(outputs(turned(p), {}), y) > 0.1
    assert off(outputs(turned(zero), {}), outputs(zero, {})) == 0


@pytest.mark.claim("frameworks.exercise-onnx")
def test_rows_8_to_11_of_that_matrix_in_onnx_are_those_of_the_forget_gate(rng):
    p, _, _ = single("lstm")
    weights = convert.to_onnx([p])
    assert [weights[key].shape for key in "WRB"] == [(1, 16, 3), (1, 16, 4), (1, 32)]
    np.testing.assert_array_equal(weights["W"][0, 8:12], p.W_f)


@pytest.mark.claim("frameworks.exercise-keras")
def test_the_lines_of_the_answer_make_the_biases_of_keras_ours(rng):
    p, options, _ = single("gru", **AFTER)
    weights = convert.to_keras([p], options)
    bias = rng.standard_normal((2, 12))
    [q], _ = convert.from_keras(weights | {"gru/gru_cell/bias": bias}, "gru", reset_after=True)
    names = solved(0, bias=bias)
    np.testing.assert_array_equal(names["b"], q.b)
    np.testing.assert_array_equal(names["b_u"], q.b_u)


@pytest.mark.claim("frameworks.exercise-prefix")
def test_the_lines_of_the_answer_take_one_layer_out_of_the_weights_of_a_model():
    p, _, _ = single("lstm")
    weights = convert.to_torch([p])
    state = {f"encoder.{key}": array for key, array in weights.items()}
    state["head.weight"] = np.ones((2, H))
    [q], _ = convert.from_torch(solved(1, state=state)["own"], "lstm")
    np.testing.assert_array_equal(q.W, p.W)
    np.testing.assert_array_equal(q.b, p.b)


@pytest.mark.claim("frameworks.exercise-blind")
def test_equal_gates_an_input_of_zeros_and_a_network_of_zeros_hide_the_order():
    p, _, y = single("lstm")
    assert off(outputs(reordered(p, (1, 0, 2, 3)), {}), y) > 0.1
    for array in (p.W, p.U, p.b):
        array.flags.writeable = True
        array[H : 2 * H] = array[:H]
    assert off(outputs(reordered(p, (1, 0, 2, 3)), {}), outputs(p, {})) == 0
    p, _, _ = single("lstm")
    for array in (p.W, p.U, p.b):
        array.flags.writeable = True
        array[H : 2 * H] = array[:H]
    p.W[H : 2 * H, 1] += 1.0  # the gates differ in the column of one input, which is always 0
    x = layered.inputs() * [1, 0, 1]
    turned = lstm.forward(x, reordered(p, (1, 0, 2, 3))).y
    np.testing.assert_array_equal(turned, lstm.forward(x, p).y)
    still = p._replace(b=np.zeros_like(p.b))
    for order in itertools.permutations(range(4)):
        assert not lstm.forward(np.zeros((B, T, D)), reordered(still, order)).y.any()
