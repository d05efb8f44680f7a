import numpy as np
import printed
import pytest

from rnnref import examples, lstm
from rnnref.checks import dims
from rnnref.explain import catalog, samples
from rnnref.explain.trace import TraceError

PLANNED = """
rnn.step layers.readout losses.step_losses losses.total lstm.step gru.step gru.step_update_replace
gru.step_reset_after gru.step_reset_after_update_replace joined.rnn_step joined.lstm_step
joined.gru_step joined.gru_step_update_replace numerics.sigmoid numerics.softmax attention.score_dot
attention.score_scaled attention.score_additive attention.attend attention.attention
attention.weighted_sum:notes attention.score_dot:notes attention.attend:notes
attention.score_additive:bahdanau attention.attend:bahdanau attention.score_dot:index
attention.attend:index
""".split()


@pytest.mark.parametrize("name", PLANNED)
def test_every_planned_set_of_equations_can_be_printed(name):
    assert catalog.render(name)


@pytest.mark.parametrize("name", catalog.ENTRIES)
def test_the_name_of_an_entry_is_the_name_of_its_function(name):
    function = catalog.entry(name).function
    package = function.__module__.split(".")[-2]
    module = function.__module__.removeprefix("rnnref.")
    names = dims.name_of(function), *(f"{m}.{function.__name__}" for m in (package, module))
    assert name.partition(":")[0] in names


def test_a_whole_set_comes_in_the_order_of_computation():
    assert list(catalog.equations("lstm.step")) == ["f", "i", "c_tilde", "c", "o", "h"]


@pytest.mark.parametrize("ask", [("lstm.step.c",), ("lstm.step", "c")])
def test_one_equation_of_a_set_is_found_by_its_field(ask):
    assert catalog.render(*ask) == [r"c_t = f_t \odot c_{t-1} + i_t \odot \tilde{c}_t"]


def test_one_equation_of_a_view_is_found_by_its_field():
    assert catalog.render("attention.attend:index.y") == [
        catalog.equations("attention.attend:index")["y"]
    ]


def test_an_unknown_name_is_answered_with_close_ones():
    with pytest.raises(catalog.CatalogError, match="no equations named 'lstm.steps'; .*lstm.step"):
        catalog.render("lstm.steps")


def test_a_name_close_to_nothing_is_answered_with_the_families_there_are():
    with pytest.raises(catalog.CatalogError, match="names begin with rnn, lstm, gru, .*optim"):
        catalog.render("zzz")


def test_an_unknown_field_is_answered_with_those_there_are():
    with pytest.raises(
        catalog.CatalogError, match="no equation 'g'; it has f, i, c_tilde, c, o, h"
    ):
        catalog.render("lstm.step.g")


def test_the_scope_of_a_field_is_that_of_its_entry():
    assert catalog.scope("lstm.step.c") == catalog.scope("lstm.step") == "lstm"


@pytest.mark.parametrize("name", [name for name, e in catalog.ENTRIES.items() if not e.draw])
def test_random_values_have_a_batch_and_nothing_that_is_zero_or_one_long(name):
    entry = catalog.entry(name)
    for array in _arrays(entry.example(np.random.default_rng(0))):
        hidden = samples.SIZES | entry.fixed
        assert np.all(array != 0)
        assert 1 not in array.shape or hidden["T"] == 1


def _arrays(values):
    for value in values.values():
        yield from [a for a in value if a is not None] if isinstance(value, tuple) else [value]


def test_the_sizes_of_random_values_all_differ():
    assert len(set(samples.SIZES.values())) == len(samples.SIZES)


DRAWN = [name for name, entry in catalog.ENTRIES.items() if entry.draw]
# Where numbers of a batch add up to one loss, or an array is a gradient or a weight.
WHOLE = {"losses.cross_entropy", "losses.cross_entropy:options", "losses.perplexity", "losses.mse"}
WHOLE |= {"losses.bce_with_logits", "optim.clip_norm", "optim.clip_value", "initialise.orthogonal"}
WHOLE |= {"initialise.chrono", "rnn.init:parameters", "lstm.init:parameters"}
WHOLE |= {"gru.init:parameters", "gru.init:parameters-after"}


@pytest.mark.parametrize("name", DRAWN)
def test_values_that_are_drawn_otherwise_have_a_batch_too(name):
    entry = catalog.entry(name)
    arrays = printed.known(entry, entry.example(np.random.default_rng(0)))
    assert (printed.batch(entry, arrays) > 1) == (name not in WHOLE)


@pytest.mark.parametrize("name", DRAWN)
def test_the_sizes_that_an_equation_names_all_differ(name):
    entry = catalog.entry(name)
    arrays = printed.known(entry, entry.example(np.random.default_rng(0)))
    lengths = [*printed.sizes(entry, arrays).values(), printed.batch(entry, arrays)]
    assert len(set(lengths)) == len(lengths)


@pytest.mark.parametrize("name", catalog.ENTRIES)
def test_no_equation_is_true_because_both_sides_are_zero(name):
    entry = catalog.entry(name)
    for latex in catalog.equations(name).values():
        left, _, right = latex.partition(" = ")
        assert not printed.holds(entry, rf"{left} = -\left({right}\right)"), latex


def test_lines_that_are_written_by_hand_are_not_traced():
    with pytest.raises(TraceError, match="sigmoid: its lines are written by hand"):
        catalog.entry("numerics.sigmoid:definition").trace()


def test_live_values_are_those_of_step_2_of_the_running_example():
    values = samples.running(lstm.step)
    run = examples.lstm_run()
    np.testing.assert_allclose(lstm.step(**values).h, run.steps.h[:, 1], rtol=1e-14)
    assert np.all(values["h_prev"] != 0) and np.all(values["c_prev"] != 0)


@pytest.mark.parametrize("function", samples.RUNNING)
def test_live_values_fit_their_function(function):
    assert function(**samples.running(function)) is not None


def test_a_joined_cell_computes_the_running_example_of_its_twin():
    twins = {"joined.lstm_step": "lstm.step", "joined.gru_step": "gru.step"}
    for name, twin in twins.items():
        nodes, expected = catalog.entry(name).trace(), catalog.entry(twin).trace()
        np.testing.assert_allclose(nodes["h"].value, expected["h"].value, rtol=1e-12)
