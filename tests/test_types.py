"""The type hints: every public function has them, and a checker sees what they say."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

import declared

import rnnref
from rnnref import explain

ROOT = Path(__file__).parent.parent
# Each line with a comment is a mistake, and the comment a word of what the checker says.
USE = """
import numpy as np
from rnnref import attention, chunked, gru, initialise, layers, losses, lstm, rnn, seq2seq
from rnnref import train, transformer

rng = np.random.default_rng(0)
p = lstm.init(rng, 3, 4)
x = np.zeros((2, 5, 3))
run = lstm.forward(x, p, lengths=[5, 2], coupled=True)
grads = lstm.backward(run, dy=run.y, truncate=2)
gate = p.W_f @ x[0, 0]
step = lstm.step(x[:, 0], run.y[:, 0], run.state.c, p)
print(step.c_tilde.shape, grads.flow.h.shape, gate.shape)
b = initialise.chrono(rng, gru.GATES, 4, 9, keep="z", write=None)
found = attention.attention(x, x, x, score="dot", causal="top_left")
print(found.weights.shape)

half = np.float32(0.5)
lstm.backward(run, dy=1.0, dstate=lstm.State(None, 1.0))
lstm.backward(run, dstate=lstm.State(run.state.h, None))
lstm.forward(x, p, state=lstm.State(run.y[:, 0], run.y[:, 0]))
gru.backward(gru.forward(x, gru.init(rng, 3, 4)), dy=half, dstate=1j)
rnn.backward(rnn.forward(x, rnn.init(rng, 3, 4)), dy=1, dstate=None)
layers.stack_backward(layers.stack(x, [p]), dy=1, dstate=[lstm.State(1.0, None)])
layers.linear_backward(layers.linear(x, layers.Linear(np.ones((2, 3)))), dy=1.0)
layers.embedding_backward(layers.embedding(np.ones((2, 5), int), np.ones((4, 3))), dy=1.0)
attention.attention_backward(found, dy=1.0, dweights=half)
heads = attention.multihead(x, x, x, attention.init_multihead(rng, 3), heads=3)
attention.multihead_backward(heads, dy=1.0, dweights=2)
chunked.attention_backward(chunked.attention(x, x, x), dy=1.0, dlog_sums=1)
losses.mse_backward(losses.mse(x, x), dloss=0.5)
encoder = transformer.init_encoder_layer(rng, 3, 7)
decoder = transformer.init_decoder_layer(rng, 3, 7)
encoded = transformer.encoder_layer(x, encoder, heads=3)
transformer.encoder_layer_backward(encoded, dy=1.0, dweights=1)
decoded = transformer.decoder_layer(x, x, decoder, heads=3)
transformer.decoder_layer_backward(decoded, dy=1.0, dweights=1, dmemory_weights=half)
transformer.feed_forward_backward(transformer.feed_forward(x, encoder.feed_forward), dy=1.0)
transformer.layer_norm_backward(transformer.layer_norm(x, encoder.norm_1), dy=1.0)
transformer.rms_norm_backward(transformer.rms_norm(x, transformer.RMSNorm(np.ones(3))), dy=1.0)
tokens, translator = np.ones((2, 4), int), seq2seq.init_luong(rng, 9, 7, 4, 5, cell="lstm", P=3)
translated = seq2seq.teacher_forced(tokens, tokens, translator, bos=0, source_lengths=[4, 2])
seq2seq.backward(translated, dloss=half, dlogits=1.0, dweights=1)

lstm.forward(x, gru.init(rng, 3, 4))  # Params
lstm.backward(run, dy="1")  # str
gru.backward(gru.forward(x, gru.init(rng, 3, 4)), dstate=[1.0])  # list
lstm.backward(found)  # Attention
lstm.step(x, x, p)  # c_prev
print(step.c_tild)  # c_tild
attention.attention(x, x, x, key_lengths=3)  # key_lengths
lstm.init(rng, 3, "4")  # str
initialise.chrono(rng, lstm.GATES, 4, 9.5)  # float
train.fit(len, p, 3, steps=1, rng=rng)  # Optimiser
"""


def test_every_argument_and_result_of_a_public_function_has_a_hint():
    shown = {name: getattr(explain, name) for name in explain.__all__}
    for name, function in (declared.DOCUMENTED | shown).items():
        signature = inspect.signature(inspect.unwrap(function))
        assert signature.return_annotation is not signature.empty, name
        for argument in signature.parameters.values():
            assert argument.annotation is not argument.empty, (name, argument.name)


def test_a_checker_takes_right_uses_and_sees_each_mistake(tmp_path):
    script = tmp_path / "use.py"
    script.write_text(USE, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml")]
    done = subprocess.run([*command, str(script)], cwd=ROOT, capture_output=True, text=True)
    errors = re.findall(r"use\.py:(\d+): error: (.*)", done.stdout)
    said = {n: " ".join(text for line, text in errors if int(line) == n) for n in range(99)}
    lines = enumerate(USE.splitlines(), 1)
    wrong = {n: line.partition("  # ")[2] for n, line in lines if "  # " in line}
    assert {n for n, text in said.items() if text} == wrong.keys(), done.stdout
    assert all(word in said[n] for n, word in wrong.items()), done.stdout


def test_the_package_tells_checkers_that_it_has_hints():
    assert (Path(rnnref.__file__).parent / "py.typed").read_text() == ""
