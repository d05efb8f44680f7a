"""What a converter refuses, in both languages."""

import layered
from layered import Case
from refusals import texts

from rnnref import ArgumentError, DTypeError, OptionError, ShapeError, convert

AFTER, BOTH = {"reset": "after"}, {"bidirectional": True}
before = layered.records(Case("gru", {"reset": "before"}))
after = layered.records(Case("gru", AFTER))
plain = layered.records(Case("lstm", {}))
peeping = layered.records(Case("lstm", {}, peepholes=True))
projected = layered.records(Case("lstm", {}, (6,), outputs=5))
mixed = layered.records(Case("lstm", {}, (5, 6)))[1:]  # fits above the projected one
torch, keras = convert.to_torch(after, AFTER), convert.to_keras(after, AFTER)
onnx, flax = convert.to_onnx(after, AFTER), convert.to_flax(after, AFTER)

# name: (call, kind of error, English, Chinese)
REFUSALS = {
    "a reset before the product into PyTorch": (
        lambda: convert.to_torch(before),
        ArgumentError,
        "convert.to_torch: options[\"reset\"] must be 'after', got 'before': the GRU of PyTorch "
        "resets on the other side of the product, which no weights make up for",
        "convert.to_torch：options[\"reset\"] 应为 'after'，实际是 'before'："
        "PyTorch 的 GRU 在乘积的另一侧重置，换权重无法弥补",
    ),
    "a bias inside the reset product into a single one": (
        lambda: convert.to_keras(after, {"reset": "before"}),
        ArgumentError,
        'convert.to_keras: records[0].b_u must be None with reset="before", got an array of '
        "float64: b_u acts inside the reset product and cannot be added to b_h",
        'convert.to_keras：records[0].b_u 应为 None（reset="before" 时），实际是 float64 数组：'
        "b_u 在重置乘积之内起作用，不能并入 b_h",
    ),
    "a reset after the product without its bias": (
        lambda: convert.to_onnx(before, AFTER),
        ArgumentError,
        'convert.to_onnx: records[0].b_u must be an array with reset="after", got None: '
        "it may be zeros",
        'convert.to_onnx：records[0].b_u 应为数组（reset="after" 时），实际是 None：可以全为零',
    ),
    "an update gate on the candidate": (
        lambda: convert.to_onnx(before, {"update": "replace"}),
        ArgumentError,
        "convert.to_onnx: options[\"update\"] must be 'keep', got 'replace': "
        'convert.negate_update(p) makes records that do the same with update="keep"',
        "convert.to_onnx：options[\"update\"] 应为 'keep'，实际是 'replace'："
        'convert.negate_update(p) 给出在 update="keep" 下作用相同的记录',
    ),
    "coupled gates": (
        lambda: convert.to_keras(plain, {"coupled": True}),
        ArgumentError,
        'convert.to_keras: options["coupled"] must be False, got True: '
        "convert.uncouple(p) makes records that do the same with coupled=False",
        'convert.to_keras：options["coupled"] 应为 False，实际是 True：'
        "convert.uncouple(p) 给出在 coupled=False 下作用相同的记录",
    ),
    "peepholes into PyTorch": (
        lambda: convert.to_torch(peeping),
        ArgumentError,
        "convert.to_torch: records[0].p must be None, got an array of float64: "
        "the LSTM of PyTorch has no peepholes",
        "convert.to_torch：records[0].p 应为 None，实际是 float64 数组："
        "PyTorch 的 LSTM 没有窥孔连接",
    ),
    "a projection into ONNX": (
        lambda: convert.to_onnx(projected),
        ArgumentError,
        "convert.to_onnx: records[0].W_p must be None, got an array of float64: "
        "the LSTM of ONNX has no projection",
        "convert.to_onnx：records[0].W_p 应为 None，实际是 float64 数组：ONNX 的 LSTM 没有投影",
    ),
    "one direction in reverse": (
        lambda: convert.to_torch(plain, {"reverse": True}),
        ArgumentError,
        'convert.to_torch: options["reverse"] must be False, got True: '
        "PyTorch has no such setting; give its layer the reversed sequence",
        'convert.to_torch：options["reverse"] 应为 False，实际是 True：'
        "PyTorch 没有这种设置，请把反转后的序列交给它的层",
    ),
    "one direction in reverse beside two": (
        lambda: convert.to_onnx(plain * 2, BOTH | {"reverse": True}),
        ArgumentError,
        'convert.to_onnx: options["reverse"] must be False with bidirectional=True, got True',
        'convert.to_onnx：options["reverse"] 应为 False（bidirectional=True 时），实际是 True',
    ),
    "two directions into a cell": (
        lambda: convert.to_flax(after * 2, AFTER | BOTH),
        ArgumentError,
        'convert.to_flax: options["bidirectional"] must be False, got True: '
        "a cell of Flax has one direction; convert the records one by one",
        'convert.to_flax：options["bidirectional"] 应为 False，实际是 True：'
        "Flax 的单元只有一个方向，请逐个转换记录",
    ),
    "two layers into a node": (
        lambda: convert.to_onnx(plain * 2),
        ArgumentError,
        "convert.to_onnx: records must be a list of 1, got a list of 2: "
        "ONNX has one layer in one set of weights; convert layer by layer",
        "convert.to_onnx：records 应为长度为 1 的列表，实际是长度为 2 的列表："
        "ONNX 的一组权重只有一层，请逐层转换",
    ),
    "an odd number of directions": (
        lambda: convert.to_torch(plain, BOTH),
        ArgumentError,
        "convert.to_torch: records must be a list of two for every layer, got a list of 1: "
        'options["bidirectional"] is True',
        "convert.to_torch：records 应为每层两个记录的列表，实际是长度为 1 的列表："
        'options["bidirectional"] 为 True',
    ),
    "a projection in one layer of two": (
        lambda: convert.to_torch(projected + mixed),
        ArgumentError,
        "convert.to_torch: records[1].W_p must be an array as in records[0], got None",
        "convert.to_torch：records[1].W_p 应为数组（与 records[0] 相同），实际是 None",
    ),
    "a record instead of a list": (
        lambda: convert.to_torch(plain[0]),
        DTypeError,
        "convert.to_torch: records must be a list of records, got lstm.Params",
        "convert.to_torch：records 应为记录的列表，实际是 lstm.Params",
    ),
    "an empty list": (
        lambda: convert.to_torch([]),
        DTypeError,
        "convert.to_torch: records[0] must be rnn.Params, lstm.Params or gru.Params, "
        "got nothing: the list is empty",
        "convert.to_torch：records[0] 应为 rnn.Params、lstm.Params 或 gru.Params，实际是空列表",
    ),
    "records of two cells": (
        lambda: convert.to_torch(plain + after),
        DTypeError,
        "convert.to_torch: records[1] must be a record lstm.Params(W, U, b), got gru.Params",
        "convert.to_torch：records[1] 应为记录 lstm.Params(W, U, b)，实际是 gru.Params",
    ),
    "an upper layer for another number of inputs": (
        lambda: convert.to_keras(plain * 2),
        ShapeError,
        "convert.to_keras: records[1].W must have shape (4*H, D=4), got (16, 3): "
        "D=4 comes from the layer of records[0]",
        "convert.to_keras：records[1].W 应具有形状 (4*H, D=4)，实际是 (16, 3)："
        "D=4 来自 records[0] 所在的层",
    ),
    "an option of another cell": (
        lambda: convert.to_torch(plain, AFTER),
        ArgumentError,
        "convert.to_torch: options must be a dict with no keys but coupled, bidirectional, "
        "reverse, got the key 'reset'",
        "convert.to_torch：options 应为只含键 coupled, bidirectional, reverse 的字典，"
        "实际是键 'reset'",
    ),
    "a number for a truth value": (
        lambda: convert.to_torch(plain, {"coupled": 0}),
        OptionError,
        'convert.to_torch: options["coupled"] must be one of False, True, got 0',
        'convert.to_torch：options["coupled"] 应为 False、True 之一，实际是 0',
    ),
    "options that are no dict": (
        lambda: convert.to_torch(plain, "after"),
        DTypeError,
        "convert.to_torch: options must be a dict, got str",
        "convert.to_torch：options 应为字典，实际是 str",
    ),
    "an unknown key": (
        lambda: convert.from_torch(torch | {"weight_hx_l0": torch["bias_ih_l0"]}, "gru"),
        ArgumentError,
        "convert.from_torch: weights must be a dict with no keys but weight_ih_l0, weight_hh_l0, "
        "bias_ih_l0, bias_hh_l0, ..._l1, ..._l0_reverse, got the key 'weight_hx_l0'",
        "convert.from_torch：weights 应为只含键 weight_ih_l0, weight_hh_l0, bias_ih_l0, "
        "bias_hh_l0, ..._l1, ..._l0_reverse 的字典，实际是键 'weight_hx_l0'",
    ),
    "a missing layer": (
        lambda: convert.from_torch(
            {key.replace("l0", "l1"): array for key, array in torch.items()}, "gru"
        ),
        ArgumentError,
        'convert.from_torch: weights["weight_ih_l0"] must be an array, got nothing: '
        "the key is missing",
        'convert.from_torch：weights["weight_ih_l0"] 应为数组，实际是没有这个键',
    ),
    "no dict": (
        lambda: convert.from_torch(list(torch.values()), "gru"),
        DTypeError,
        "convert.from_torch: weights must be a dict, got list",
        "convert.from_torch：weights 应为字典，实际是 list",
    ),
    "weights of another cell": (
        lambda: convert.from_torch(torch, "lstm"),
        ShapeError,
        'convert.from_torch: weights["weight_hh_l0"] must have shape (4*H=12, H=3), '
        'got (12, 4): H=3 comes from weights["weight_ih_l0"] (12, 3)',
        'convert.from_torch：weights["weight_hh_l0"] 应具有形状 (4*H=12, H=3)，'
        '实际是 (12, 4)：H=3 来自 weights["weight_ih_l0"] (12, 3)',
    ),
    "a transposed matrix": (
        lambda: convert.from_flax(flax | {"in/kernel": flax["in/kernel"].T}, "gru"),
        ShapeError,
        'convert.from_flax: weights["in/kernel"] must have shape (D=3, H=4), got (4, 3): '
        'D=3, H=4 come from weights["ir/kernel"] (3, 4)',
        'convert.from_flax：weights["in/kernel"] 应具有形状 (D=3, H=4)，实际是 (4, 3)：'
        'D=3、H=4 来自 weights["ir/kernel"] (3, 4)',
    ),
    "a list for an array": (
        lambda: convert.from_onnx(onnx | {"W": [1.0]}, "gru"),
        DTypeError,
        'convert.from_onnx: weights["W"] must be an array of float64, float32 or complex128, '
        'got list: np.array(weights["W"], dtype=float) converts it',
        'convert.from_onnx：weights["W"] 应为 float64、float32 或 complex128 数组，'
        '实际是 list：可用 np.array(weights["W"], dtype=float) 转换',
    ),
    "an unknown cell": (
        lambda: convert.from_torch(torch, "GRU"),
        OptionError,
        "convert.from_torch: cell must be one of 'rnn', 'lstm', 'gru', got 'GRU'",
        "convert.from_torch：cell 应为 'rnn'、'lstm'、'gru' 之一，实际是 'GRU'",
    ),
    "an activation that no cell has": (
        lambda: convert.from_keras(keras, "rnn", activation="gelu"),
        OptionError,
        "convert.from_keras: activation must be one of 'tanh', 'relu', got 'gelu'",
        "convert.from_keras：activation 应为 'tanh'、'relu' 之一，实际是 'gelu'",
    ),
    "a setting that the cell does not have": (
        lambda: convert.from_torch(torch, "gru", nonlinearity="tanh"),
        ArgumentError,
        'convert.from_torch: nonlinearity must be None with cell="gru", got str',
        'convert.from_torch：nonlinearity 应为 None（cell="gru" 时），实际是 str',
    ),
    "biases of the other reset": (
        lambda: convert.from_keras(keras, "gru", reset_after=False),
        ArgumentError,
        "convert.from_keras: reset_after must be True, got False: "
        'weights["gru/gru_cell/bias"] has shape (2, 12)',
        "convert.from_keras：reset_after 应为 True，实际是 False："
        'weights["gru/gru_cell/bias"] 的形状为 (2, 12)',
    ),
    "a backward layer without its forward layer": (
        lambda: convert.from_keras({f"backward_{key}": a for key, a in keras.items()}, "gru"),
        ArgumentError,
        "convert.from_keras: weights must be pairs of forward_... and backward_... layers, "
        "got 'backward_gru/gru_cell/'",
        "convert.from_keras：weights 应为成对的 forward_... 与 backward_... 层，"
        "实际是 'backward_gru/gru_cell/'",
    ),
    "a clip": (
        lambda: convert.from_onnx(onnx, "gru", {"clip": 3.0}),
        ArgumentError,
        "convert.from_onnx: attributes must be a dict with no keys but direction, layout, "
        "activations, linear_before_reset, hidden_size, got the key 'clip'",
        "convert.from_onnx：attributes 应为只含键 direction, layout, activations, "
        "linear_before_reset, hidden_size 的字典，实际是键 'clip'",
    ),
    "other activations": (
        lambda: convert.from_onnx(onnx, "gru", {"activations": ["HardSigmoid", "Tanh"]}),
        OptionError,
        "convert.from_onnx: attributes[\"activations\"] must be one of ['Sigmoid', 'Tanh'], "
        "got ['HardSigmoid', 'Tanh']",
        "convert.from_onnx：attributes[\"activations\"] 应为 ['Sigmoid', 'Tanh'] 之一，"
        "实际是 ['HardSigmoid', 'Tanh']",
    ),
    "another number of directions": (
        lambda: convert.from_onnx(onnx, "gru", {"direction": "bidirectional"}),
        ShapeError,
        'convert.from_onnx: weights["W"] must have shape (K=2, 3*H, D), got (1, 12, 3): '
        'K=2 comes from direction="bidirectional"',
        'convert.from_onnx：weights["W"] 应具有形状 (K=2, 3*H, D)，实际是 (1, 12, 3)：'
        'K=2 来自 direction="bidirectional"',
    ),
    "another hidden size": (
        lambda: convert.from_onnx(onnx, "gru", {"hidden_size": 5}),
        ShapeError,
        'convert.from_onnx: weights["W"] must have shape (K=1, 3*H=15, D), got (1, 12, 3): '
        "H=5 comes from hidden_size",
        'convert.from_onnx：weights["W"] 应具有形状 (K=1, 3*H=15, D)，实际是 (1, 12, 3)：'
        "H=5 来自 hidden_size",
    ),
    "another record into the helper": (
        lambda: convert.negate_update(plain[0]),
        DTypeError,
        "convert.negate_update: p must be a record gru.Params(W, U, b), got lstm.Params",
        "convert.negate_update：p 应为记录 gru.Params(W, U, b)，实际是 lstm.Params",
    ),
}


test_the_whole_english_text, test_the_whole_chinese_text = texts(REFUSALS)
