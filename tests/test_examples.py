import cases
import numpy as np
import oracle
import pytest

from rnnref import attention, example_models, examples, gru, layers

RECORDS = {
    "rnn_params": examples.rnn_params,
    "rnn_params_second": examples.rnn_params_second,
    "readout_params": examples.readout_params,
    "lstm_params": examples.lstm_params,
    "gru_params": examples.gru_params,
    "gru_params_reset_after": examples.gru_params_reset_after,
    "additive_params": examples.additive_params,
    "attention_vectors": examples.attention_vectors,
    "two_heads": example_models.two_heads,
    "self_attention_params": example_models.self_attention_params,
    "translator": lambda: leaves(example_models.translator()),
    "translator_attention": lambda: leaves(example_models.translator_attention()),
    "encoder_layer": lambda: leaves(example_models.encoder_layer()),
}
every_record = pytest.mark.parametrize("name", RECORDS)
H0 = np.zeros(2)


def leaves(record):
    """Return the arrays of a record and of the records in it."""
    if not isinstance(record, tuple):
        return [record]
    return [array for field in record if field is not None for array in leaves(field)]


def arrays(name):
    return [array for array in RECORDS[name]() if array is not None]


@every_record
def test_all_numbers_are_short_decimals(name):
    for array in [*arrays(name), examples.X, examples.DY]:
        np.testing.assert_array_equal(array, np.round(array, 1))


@every_record
def test_every_call_returns_fresh_arrays(name):
    for one, other in zip(arrays(name), arrays(name), strict=True):
        assert not np.shares_memory(one, other)


@every_record
def test_weights_are_distinct_so_that_no_exchange_goes_unseen(name):
    for array in arrays(name):
        rows = [tuple(np.atleast_1d(row)) for row in array]
        assert len(set(map(str, rows))) == len(rows)


def test_the_shared_inputs_cannot_be_changed():
    assert examples.X.shape == (1, 3, 2)
    with pytest.raises(ValueError, match="read-only"):
        examples.X[0, 0, 0] = 9


def test_the_rnn_run_equals_scalar_loops():
    true = oracle.rnn(examples.X[0], H0, examples.rnn_params())
    np.testing.assert_allclose(examples.rnn_run().y[0], [s["h"] for s in true], rtol=1e-13)


def test_the_lstm_run_equals_scalar_loops():
    true, found = oracle.lstm(examples.X[0], H0, H0, examples.lstm_params()), examples.lstm_run()
    for name in found.steps._fields:
        values = getattr(found.steps, name)[0]
        np.testing.assert_allclose(values, [s[name] for s in true], rtol=1e-13, err_msg=name)


def test_the_gru_run_equals_scalar_loops():
    true = oracle.gru(examples.X[0], H0, examples.gru_params(), "before", "keep")
    for name in gru.GRUStep._fields:
        values = getattr(examples.gru_run().steps, name)[0]
        np.testing.assert_allclose(values, [s[name] for s in true], rtol=1e-13, err_msg=name)


def test_the_reset_after_parameters_fit_the_reset_after_form():
    run = gru.forward(examples.X, examples.gru_params_reset_after(), reset="after")
    assert np.abs(run.y - examples.gru_run().y).max() > 0.01


def test_the_readout_fits_the_hidden_state():
    step = layers.readout(examples.rnn_run().y[:, 1], examples.readout_params())
    _, y_hat = oracle.readout(examples.rnn_run().y[0, 1], examples.readout_params())
    np.testing.assert_allclose(step.y_hat[0], y_hat, rtol=1e-13)


def test_there_is_one_key_and_one_value_per_word_of_the_source():
    q, k, v = examples.attention_vectors()
    assert (q.shape, k.shape, v.shape) == ((1, 1, 3), (1, 4, 3), (1, 4, 2))
    assert k.shape[1] == v.shape[1] == len(examples.SOURCE)


def test_the_additive_weights_fit_the_vectors():
    q, k, v = examples.attention_vectors()
    found = attention.attention(q, k, v, score="additive", params=examples.additive_params())
    shares = oracle.softmax(oracle.score_additive(q[0], k[0], examples.additive_params())[0])
    np.testing.assert_allclose(found.weights[0, 0], shares, rtol=1e-13)


def test_the_sizes_of_random_cases_all_differ():
    sizes = list(cases.SIZES.values())
    assert len(set(sizes)) == len(sizes) and 1 not in sizes
