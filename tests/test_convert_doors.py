"""What every converter checks before it converts, in its own name, and what it knows of options."""

import collections.abc

import layered
import numpy as np
import pytest
from layered import Case

from rnnref import ArgumentError, DTypeError, OptionError, ShapeError, convert

AFTER, BOTH = {"reset": "after"}, {"bidirectional": True}
rnns, lstms = layered.records(Case("rnn", {})), layered.records(Case("lstm", {}))
grus, plain_grus = layered.records(Case("gru", AFTER)), layered.records(Case("gru", {}))
pair = layered.records(Case("lstm", BOTH))
upper = layered.records(Case("lstm", {}, (4, 5)))
peeping = layered.records(Case("lstm", {}, peepholes=True))
projected = layered.records(Case("lstm", {}, (6,), outputs=5))

FROM = {name: getattr(convert, f"from_{name}") for name in ("torch", "keras", "onnx", "flax")}
TO = {name: getattr(convert, f"to_{name}") for name in FROM}
ARGUMENTS = {"keras_arguments": convert.keras_arguments, "onnx_attributes": convert.onnx_attributes}
OUT = {f"to_{name}": to for name, to in TO.items()} | ARGUMENTS
NAMES = {"torch": "PyTorch", "keras": "Keras", "onnx": "ONNX", "flax": "Flax"}


def refused(kind, function, *args, **options):
    with pytest.raises(kind) as refusal:
        function(*args, **options)
    assert type(refusal.value) is kind
    return str(refusal.value)


# ---- on the way in -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FROM)
def test_an_unknown_cell_is_refused(name):
    text = refused(OptionError, FROM[name], TO[name](lstms), "mlp")
    assert text == f"convert.from_{name}: cell must be one of 'rnn', 'lstm', 'gru', got 'mlp'"


@pytest.mark.parametrize("name", FROM)
@pytest.mark.parametrize(("weights", "came"), [([1.0], "list"), (None, "None"), (3, "int")])
def test_what_is_no_dict_is_refused(name, weights, came):
    text = refused(DTypeError, FROM[name], weights, "lstm")
    assert text == f"convert.from_{name}: weights must be a dict, got {came}"


@pytest.mark.parametrize("name", FROM)
def test_an_unknown_key_is_refused(name):
    weights = TO[name](lstms) | {"gate": np.ones(3)}
    text = refused(ArgumentError, FROM[name], weights, "lstm")
    assert text.startswith(f"convert.from_{name}: weights must be a dict with no keys but ")
    assert text.endswith("got the key 'gate'")


def test_the_keys_that_keras_has_are_told():
    text = refused(ArgumentError, convert.from_keras, {"gate": np.ones(3)}, "lstm")
    assert "no keys but kernel, recurrent_kernel, bias, .../kernel, got" in text


@pytest.mark.parametrize("name", FROM)
def test_a_missing_matrix_is_named(name):
    weights = TO[name](lstms)
    for key in [key for key in weights if "bias" not in key and key != "B"]:
        rest = {other: array for other, array in weights.items() if other != key}
        text = refused(ArgumentError, FROM[name], rest, "lstm")
        assert f'weights["{key}"] must be an array, got nothing: the key is missing' in text


FIRST = {"torch": "weight_ih_l0", "keras": "kernel", "onnx": "W", "flax": "ii/kernel"}


@pytest.mark.parametrize("name", FROM)
def test_of_no_weights_the_first_is_missing(name):
    text = refused(ArgumentError, FROM[name], {}, "lstm")
    assert text == (
        f'convert.from_{name}: weights["{FIRST[name]}"] must be an array, '
        "got nothing: the key is missing"
    )


@pytest.mark.parametrize("name", FROM)
def test_a_key_that_is_no_text_is_refused(name):
    weights = TO[name](lstms) | {3: np.ones(3)}
    assert "got the key 3" in refused(ArgumentError, FROM[name], weights, "lstm")


@pytest.mark.parametrize("name", FROM)
def test_a_bias_of_another_length_is_refused(name):
    weights = TO[name](lstms)
    key = next(key for key in weights if "bias" in key or key == "B")
    longer = weights | {key: np.concatenate([weights[key], weights[key]], axis=-1)}
    assert f'weights["{key}"] must have shape' in refused(ShapeError, FROM[name], longer, "lstm")


def test_the_rows_of_the_biases_of_a_keras_gru_are_told():
    weights = convert.to_keras(grus, AFTER)
    key = next(key for key in weights if key.endswith("bias"))
    three = weights | {key: np.concatenate([weights[key], weights[key][:1]])}
    text = refused(ShapeError, convert.from_keras, three, "gru")
    assert text == (
        f'convert.from_keras: weights["{key}"] must have shape (N=2, 3*H=12), got (3, 12): '
        "N=2 comes from reset_after=True"
    )


@pytest.mark.parametrize(
    ("name", "setting", "owner"),
    [
        ("torch", "nonlinearity", "rnn"),
        ("flax", "nonlinearity", "rnn"),
        ("keras", "activation", "rnn"),
        ("keras", "reset_after", "gru"),
    ],
)
def test_a_setting_of_one_cell_is_checked_for_it_and_refused_for_others(name, setting, owner):
    records, options = (rnns, {}) if owner == "rnn" else (grus, AFTER)
    wrong = refused(OptionError, FROM[name], TO[name](records, options), owner, **{setting: "x"})
    assert wrong.startswith(f"convert.from_{name}: {setting} must be one of ")
    alien = refused(ArgumentError, FROM[name], TO[name](lstms), "lstm", **{setting: "tanh"})
    assert alien == f'convert.from_{name}: {setting} must be None with cell="lstm", got str'


@pytest.mark.parametrize("layout", [0, 1])
def test_either_layout_of_an_onnx_node_will_do(layout):
    records, _ = convert.from_onnx(convert.to_onnx(lstms), "lstm", {"layout": layout})
    np.testing.assert_array_equal(records[0].W, lstms[0].W)


@pytest.mark.parametrize("size", [0, 2.5, None])
def test_the_hidden_size_of_an_onnx_node_is_an_integer(size):
    weights = convert.to_onnx(lstms)
    text = refused(ArgumentError, convert.from_onnx, weights, "lstm", {"hidden_size": size})
    assert text == (
        f'convert.from_onnx: attributes["hidden_size"] must be an integer of at least 1, got {size}'
    )


def test_the_usual_activations_of_an_onnx_lstm_may_be_written_out_also_as_bytes():
    weights, usual = convert.to_onnx(lstms), ["Sigmoid", "Tanh", "Tanh"]
    for given in (usual, [name.encode() for name in usual]):
        records, options = convert.from_onnx(weights, "lstm", {"activations": given})
        np.testing.assert_array_equal(records[0].U, lstms[0].U)
        assert options == convert.from_onnx(weights, "lstm")[1]
    text = refused(OptionError, convert.from_onnx, weights, "lstm", {"activations": [b"\xff"]})
    assert "got ['\ufffd']" in text


def test_peepholes_are_no_input_of_another_onnx_node():
    weights = convert.to_onnx(grus, AFTER) | {"P": np.ones((1, 12))}
    text = refused(ArgumentError, convert.from_onnx, weights, "gru")
    assert text == (
        "convert.from_onnx: weights must be a dict with no keys but W, R, B, got the key 'P'"
    )


def test_the_peepholes_of_an_onnx_node_have_a_shape():
    weights = convert.to_onnx(peeping)
    text = refused(ShapeError, convert.from_onnx, weights | {"P": np.ones((1, 11))}, "lstm")
    assert text.startswith('convert.from_onnx: weights["P"] must have shape (K=1, 3*H=12)')


@pytest.mark.parametrize("name", ["torch", "keras", "onnx"])
def test_without_biases_ours_are_zeros_of_the_same_dtype(name):
    single = [lstms[0]._replace(**{f: getattr(lstms[0], f).astype(np.float32) for f in "WUb"})]
    weights = {k: a for k, a in TO[name](single).items() if "bias" not in k and k != "B"}
    [p], _ = FROM[name](weights, "lstm")
    assert p.b.dtype == np.float32 and p.b.shape == (16,) and not np.any(p.b)


# ---- on the way out ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OUT)
def test_what_goes_out_is_checked_in_the_name_of_the_function(name):
    text = refused(DTypeError, OUT[name], lstms[0])
    assert text == f"convert.{name}: records must be a list of records, got lstm.Params"


LIMITS = [
    ("torch", plain_grus, {"reset": "before"}),
    ("torch", grus, AFTER | {"update": "replace"}),
    ("torch", lstms, {"coupled": True}),
    ("torch", lstms, {"reverse": True}),
    ("keras", grus, AFTER | {"update": "replace"}),
    ("keras", lstms, {"coupled": True}),
    ("keras", lstms, {"reverse": True}),
    ("onnx", grus, AFTER | {"update": "replace"}),
    ("flax", plain_grus, {"reset": "before"}),
    ("flax", grus, AFTER | {"update": "replace"}),
    ("flax", lstms, {"coupled": True}),
    ("flax", lstms, {"reverse": True}),
    ("flax", pair, BOTH),
]


@pytest.mark.parametrize(("name", "records", "options"), LIMITS)
def test_an_option_that_a_framework_cannot_express_is_refused(name, records, options):
    *_, (option, value) = options.items()
    text = refused(ArgumentError, TO[name], records, options)
    assert text.startswith(f'convert.to_{name}: options["{option}"] must be ')
    assert f", got {value!r}: " in text
    reasons = {
        "reset": f"the GRU of {NAMES[name]} resets on",
        "reverse": f"{NAMES[name]} has no such setting",
        "bidirectional": f"a cell of {NAMES[name]} has one direction",
    }
    assert reasons.get(option, "makes records that do the same") in text


EXPRESSED = [
    ("torch", projected, {}),
    ("torch", pair, BOTH),
    ("torch", layered.records(Case("lstm", {}, (4, 4))), {}),
    ("keras", plain_grus, {"reset": "before"}),
    ("keras", pair, BOTH),
    ("keras", upper, {}),
    ("onnx", plain_grus, {"reset": "before"}),
    ("onnx", lstms, {"coupled": True}),
    ("onnx", lstms, {"reverse": True}),
    ("onnx", pair, BOTH),
    ("onnx", peeping, {}),
    ("flax", grus, AFTER),
]


@pytest.mark.parametrize(("name", "records", "options"), EXPRESSED)
def test_an_option_that_a_framework_can_express_is_not(name, records, options):
    assert all(np.isfinite(array).all() for array in TO[name](records, options).values())


@pytest.mark.parametrize("name", ["onnx", "flax"])
def test_one_layer_is_all_that_one_set_of_weights_holds(name):
    text = refused(ArgumentError, TO[name], upper)
    assert text.startswith(f"convert.to_{name}: records must be a list of 1, got a list of 2: ")
    assert f"{NAMES[name]} has one layer in one set of weights" in text


FIELDS = [
    ("torch", peeping, "p"),
    ("keras", peeping, "p"),
    ("keras", projected, "W_p"),
    ("onnx", projected, "W_p"),
    ("flax", peeping, "p"),
    ("flax", projected, "W_p"),
]


@pytest.mark.parametrize(("name", "records", "field"), FIELDS)
def test_a_field_that_a_framework_has_not_is_refused(name, records, field):
    text = refused(ArgumentError, TO[name], records)
    assert text.startswith(f"convert.to_{name}: records[0].{field} must be None, got an array of")
    assert NAMES[name] in text


def test_all_layers_of_pytorch_are_equally_wide():
    text = refused(ShapeError, convert.to_torch, upper)
    assert text.startswith("convert.to_torch: records[1].W must have shape (4*H=16, D=4)")


@pytest.mark.parametrize(
    ("records", "options", "arguments"),
    [
        (rnns, {}, {"activation": "tanh"}),
        (rnns, {"nonlinearity": "relu"}, {"activation": "relu"}),
        (lstms, {}, {}),
        (grus, AFTER, {"reset_after": True}),
        (plain_grus, {}, {"reset_after": False}),
    ],
)
def test_keras_is_told_what_its_weights_do_not_tell(records, options, arguments):
    assert convert.keras_arguments(records, options) == arguments
    weights, (cell,) = (
        convert.to_keras(records, options),
        {type(records[0]).__module__.split(".")[1]},
    )
    back, settings = convert.from_keras(weights, cell, **arguments)
    assert convert.keras_arguments(back, settings) == arguments


def test_the_backward_layers_of_keras_follow_their_forward_layers():
    weights = convert.to_keras(pair, BOTH)
    turned = dict(reversed(weights.items()))
    text = refused(ArgumentError, convert.from_keras, turned, "lstm")
    assert text.count(", 'bidirectional/") == 1 and "must be pairs of forward_" in text


# ---- records that do the same --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "record", "needed"),
    [("negate_update", lstms[0], "gru.Params"), ("uncouple", grus[0], "lstm.Params")],
)
def test_a_record_of_another_cell_is_refused(name, record, needed):
    text = refused(DTypeError, getattr(convert, name), record)
    assert text.startswith(f"convert.{name}: p must be a record {needed}(W, U, b), got ")


@pytest.mark.parametrize(("name", "record"), [("negate_update", grus[0]), ("uncouple", lstms[0])])
def test_a_record_whose_arrays_do_not_fit_is_refused(name, record):
    text = refused(ShapeError, getattr(convert, name), record._replace(b=record.b[:-1]))
    assert text.startswith(f"convert.{name}: p.b must have shape ")


# ---- what a PyTorch module is told ---------------------------------------------------------------

SIZES = {"input_size": 3, "hidden_size": 4, "num_layers": 1, "bidirectional": False}


@pytest.mark.parametrize(
    ("records", "options", "arguments"),
    [
        (rnns, {}, SIZES | {"nonlinearity": "tanh"}),
        (rnns, {"nonlinearity": "relu"}, SIZES | {"nonlinearity": "relu"}),
        (lstms, {}, SIZES),
        (grus, AFTER, SIZES),
        (pair, BOTH, SIZES | {"bidirectional": True}),
        (layered.records(Case("lstm", {}, (4, 4))), {}, SIZES | {"num_layers": 2}),
        (projected, {}, SIZES | {"hidden_size": 6, "proj_size": 5}),
    ],
)
def test_pytorch_is_told_what_its_module_needs(records, options, arguments):
    found = convert.torch_arguments(records, options)
    assert found == arguments
    assert [type(value) for value in found.values()] == [type(v) for v in arguments.values()]


def test_what_a_pytorch_module_is_told_of_is_checked_first():
    text = refused(DTypeError, convert.torch_arguments, lstms[0])
    assert text == "convert.torch_arguments: records must be a list of records, got lstm.Params"


@pytest.mark.parametrize(("first", "wanted"), [(True, "an array"), (False, "None")])
def test_all_layers_of_pytorch_are_projected_or_none(first, wanted):
    layers = layered.records(Case("lstm", {}, (6, 6), outputs=6))
    plain = [p._replace(W_p=None) for p in layers]
    records = [layers[0], plain[1]] if first else [plain[0], layers[1]]
    text = refused(ArgumentError, convert.to_torch, records)
    assert text.startswith(
        f"convert.to_torch: records[1].W_p must be {wanted} as in records[0], got "
    )


@pytest.mark.parametrize("records", [iter(lstms), None, "lstm"])
def test_records_come_in_a_list(records):
    text = refused(DTypeError, convert.to_torch, records)
    assert text.startswith("convert.to_torch: records must be a list of records, got ")


@pytest.mark.parametrize(
    ("records", "came"), [([3.0, lstms[0]], "float"), ([], "nothing: the list is empty")]
)
def test_the_first_record_says_which_cell_it_is(records, came):
    text = refused(DTypeError, convert.to_torch, records)
    expected = "rnn.Params, lstm.Params or gru.Params"
    assert text == f"convert.to_torch: records[0] must be {expected}, got {came}"


def test_the_layers_of_a_pytorch_module_are_equally_wide_on_the_way_in_too():
    weights = convert.to_torch(layered.records(Case("lstm", {}, (4, 4))))
    weights |= {
        "weight_hh_l1": np.ones((20, 5)),
        "weight_ih_l1": np.ones((20, 4)),
        "bias_ih_l1": np.ones(20),
        "bias_hh_l1": np.ones(20),
    }
    text = refused(ShapeError, convert.from_torch, weights, "lstm")
    assert text.startswith('convert.from_torch: weights["weight_ih_l1"] must have shape (4*H=16')


@pytest.mark.parametrize(
    ("key", "shape", "needed"),
    [
        ("weight_hr_l0", (5, 7), '(P=5, H=6), got (5, 7): H=6 comes from weights["weight_ih_l0"]'),
        ("weight_hh_l0", (24, 4), '(P=4, H=6), got (5, 6): P=4 comes from weights["weight_hh_l0"]'),
    ],
)
def test_the_arrays_of_a_projection_fit_together(key, shape, needed):
    weights = convert.to_torch(projected) | {key: np.ones(shape)}
    text = refused(ShapeError, convert.from_torch, weights, "lstm")
    assert f'weights["weight_hr_l0"] must have shape {needed}' in text


def test_the_rows_of_biases_are_told_of_every_layer():
    stacked = layered.records(Case("gru", AFTER, (4, 5)))
    weights = convert.to_keras(stacked, AFTER)
    key = [key for key in weights if key.endswith("bias")][1]
    three = weights | {key: np.concatenate([weights[key], weights[key][:1]])}
    text = refused(ShapeError, convert.from_keras, three, "gru")
    assert text.endswith("got (3, 15): N=2 comes from reset_after=True")


class Settings(collections.abc.Mapping):
    """A mapping that can do no more than it must."""

    def __getitem__(self, name):
        return {"coupled": True}[name]

    def __iter__(self):
        return iter(["coupled"])

    def __len__(self):
        return 1


def test_options_may_be_any_mapping():
    assert convert.onnx_attributes(lstms, Settings())["input_forget"] == 1
