"""The claims of the page on encoder and decoder, one test each."""

import contextlib
import io
import itertools
import runpy
from pathlib import Path

import numpy as np
import pytest

from rnnref import attention, decoding, example_models, gru, layers, losses, rnn, seq2seq, trees
from rnnref.explain import experiments
from rnnref.explain.experiments import dates, reversal, translation
from rnnref.numerics import log_softmax, softmax

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
B, S, T, V_X, V_Y, E, H = 2, 5, 4, 9, 7, 3, 6
BOS, EOS = 0, 1
INITS = {
    "plain": seq2seq.init_plain,
    "bahdanau": lambda *given: seq2seq.init_bahdanau(*given, A=8),
    "luong": seq2seq.init_luong,
}


@pytest.fixture
def rng():
    return np.random.default_rng(8)


@pytest.fixture
def source(rng):
    return rng.integers(V_X, size=(B, S))


@pytest.fixture
def target(rng):
    return rng.integers(2, V_Y, size=(B, T))


@pytest.fixture(params=INITS)
def p(request):
    return drawn(request.param)


def drawn(name):
    """Return random weights of a model, none of them 0."""

    def moved(part, rng):
        if isinstance(part, np.ndarray):
            return part + 0.4 * rng.standard_normal(part.shape)
        if not isinstance(part, tuple):
            return part
        parts = [moved(one, rng) for one in part]
        return part._make(parts) if hasattr(part, "_make") else tuple(parts)

    rng = np.random.default_rng(3)
    return moved(INITS[name](rng, V_X, V_Y, E, H), rng)


def forced(source, target, p, **lengths):
    return seq2seq.teacher_forced(source, target, p, bos=BOS, **lengths)


def printed(name):
    """Return the words that an example prints, line by line."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        runpy.run_path(str(EXAMPLES / f"{name}.py"))
    return [line.split() for line in out.getvalue().splitlines()]


def by_table(P):
    """Return a model whose next token depends on the one before, by a table of chances."""
    one, zero = np.eye(len(P)), np.zeros(len(P))
    cell = rnn.Params(one, 0 * one, zero)
    return seq2seq.Plain(one, one, cell, cell, layers.Linear(np.log(P.T + 1e-12), zero))


def best(P, limit):
    """Return the most likely sequence of a table and its chance, by trying all."""
    found = {}
    for length in range(1, limit + 1):
        for row in itertools.product(range(2, len(P)), repeat=length - 1):
            path = [BOS, *row, EOS]
            found[row] = np.prod([P[pair] for pair in itertools.pairwise(path)])
    return max(found.items(), key=lambda item: item[1])


def searched(P, width, limit=4):
    """Return what the beam finds first, without its end, and the chance of it."""
    given = {"bos": BOS, "eos": EOS, "limit": limit, "nonlinearity": "relu"}
    found = decoding.beam(np.array([[0]]), by_table(P), width=width, **given)
    tokens = found.tokens[0, 0, : found.lengths[0, 0] - 1]
    return tuple(tokens.tolist()), np.exp(found.log_p[0, 0])


def cell_states(x, state, p):
    """Return the states of the decoder of a model without attention, one step after another."""
    found = []
    for t in range(x.shape[1]):
        state = gru.step(x[:, t], state.astype(x.dtype), p.decoder).h
        found.append(state)
    return np.stack(found, axis=1)


def flat(record):
    """Return all arrays of a nested record."""
    if isinstance(record, np.ndarray):
        return [record]
    if not isinstance(record, tuple):
        return []
    return [array for part in record for array in flat(part)]


TABLE = np.array([[0, 0, 0.6, 0.4], [0, 1, 0, 0], [0, 0.4, 0.3, 0.3], [0, 0.9, 0.1, 0]])


@pytest.mark.claim("seq2seq.any-lengths")
@pytest.mark.parametrize("lengths", [(1, 6), (6, 1), (3, 3), (40, 2)])
def test_source_and_target_may_have_any_lengths(p, rng, lengths):
    S, T = lengths
    run = forced(rng.integers(V_X, size=(B, S)), rng.integers(V_Y, size=(B, T)), p)
    assert run.logits.shape == (B, T, V_Y)
    assert np.all(np.isfinite(run.logits))


@pytest.mark.claim("seq2seq.only-state")
def test_sources_that_leave_one_state_are_continued_alike(target, source, rng):
    p = drawn("plain")
    other = rng.integers(V_X, size=(B, S))
    blind = p._replace(encoder=p.encoder._replace(W=0 * p.encoder.W))  # reads nothing
    for q, same in ((blind, True), (p, False)):
        one, two = (forced(words, target, q) for words in (source, other))
        assert np.array_equal(one.tape.encoded.state, two.tape.encoded.state) == same
        assert np.array_equal(one.logits, two.logits) == same


@pytest.mark.claim("seq2seq.one-sentence")
def test_the_small_model_writes_its_sentence_whatever_the_order_of_the_words():
    p, (_, wanted) = example_models.translator(), example_models.SENTENCE
    for order in itertools.permutations(range(3)):
        found = decoding.greedy(np.array([order]), p, bos=0, eos=0, limit=3)
        np.testing.assert_array_equal(found.tokens, wanted)


@pytest.mark.claim("seq2seq.by-hand")
def test_the_scalar_program_prints_what_the_model_computes():
    run = example_models.translation(example_models.translator())
    states = np.concatenate([run.tape.encoded.state[:, None], run.tape.decoded.cell.y], axis=1)
    found = [list(map(float, line[1:])) for line in printed("seq2seq_scalar")]
    np.testing.assert_allclose([line[:2] for line in found], states[0], rtol=0, atol=5e-5)
    chances = [line[2:] for line in found[1:]]
    np.testing.assert_allclose(chances, softmax(run.logits)[0], rtol=0, atol=5e-5)


@pytest.mark.claim("seq2seq.shift")
def test_the_decoder_reads_the_start_and_then_all_targets_but_the_last(p, source, target):
    read = forced(source, target, p).tape.decoded.words.run.tokens
    np.testing.assert_array_equal(read[:, 0], BOS)
    np.testing.assert_array_equal(read[:, 1:], target[:, :-1])


@pytest.mark.claim("seq2seq.no-peek")
@pytest.mark.parametrize("t", range(T))
def test_a_target_token_moves_later_predictions_alone(p, source, target, t):
    other = target.copy()
    other[:, t] = 2 + (other[:, t] - 1) % (V_Y - 2)
    one, two = (forced(source, words, p).logits for words in (target, other))
    np.testing.assert_array_equal(one[:, : t + 1], two[:, : t + 1])
    assert np.all(one[:, t + 1 :] != two[:, t + 1 :])


@pytest.mark.claim("seq2seq.wrong-past")
def test_after_a_wrong_word_the_small_model_chooses_a_wrong_word_again():
    p, (source, _) = example_models.translator(), example_models.SENTENCE
    after = {}
    for first in (1, 3):
        run = forced(source, np.array([[first, 2, 3]]), p)
        after[first] = softmax(run.logits)[0, 1]
    assert np.argmax(after[1]) == 2 and np.argmax(after[3]) == 3
    shown = [[float(word) for word in line[2:]] for line in printed("seq2seq_forced")]
    np.testing.assert_allclose(shown, [after[1], after[3]], rtol=0, atol=5e-4)


@pytest.mark.claim("seq2seq.forced-free")
def test_long_sequences_have_more_right_tokens_under_teacher_forcing_than_in_free_running(curves):
    forced_, free = (np.array(curves[kind]) for kind in ("forced", "free"))
    long = np.array(reversal.LENGTHS) >= 6
    assert np.all(forced_ >= free)
    assert np.all(forced_[long] > free[long] + 0.05)


@pytest.mark.claim("seq2seq.exact-same")
def test_a_sentence_is_without_a_mistake_in_both_ways_or_in_neither(p, rng):
    source = rng.integers(V_X, size=(60, S))
    free = decoding.greedy(source, p, bos=BOS, eos=EOS, limit=2)
    source, free = source[free.lengths == 2], free.tokens[free.lengths == 2]
    target = free.copy()
    target[::2] = rng.integers(2, V_Y, size=target[::2].shape)  # every other one by chance
    right = [np.argmax(forced(source, target, p).logits, axis=-1) == target, free == target]
    np.testing.assert_array_equal(*(np.all(one, axis=1) for one in right))
    assert not np.array_equal(*right)  # though single tokens differ


@pytest.mark.claim("seq2seq.rate-0")
def test_at_rate_zero_scheduled_sampling_is_teacher_forcing(p, source, target, rng):
    run = seq2seq.scheduled(source, target, p, bos=BOS, rate=0, rng=rng)
    np.testing.assert_array_equal(run.logits, forced(source, target, p).logits)


@pytest.mark.claim("seq2seq.rate-1")
def test_at_rate_one_the_targets_are_not_read(p, source, target, rng):
    given = {"bos": BOS, "rate": 1, "rng": rng}
    one = seq2seq.scheduled(source, target, p, **given)
    two = seq2seq.scheduled(source, np.full_like(target, 2), p, **given)
    np.testing.assert_array_equal(one.logits, two.logits)
    free = decoding.greedy(source, p, bos=BOS, eos=EOS, limit=1).tokens[:, 0]
    np.testing.assert_array_equal(one.tape.decoded.words.run.tokens[:, 1], free)


@pytest.mark.claim("seq2seq.choice-gradient")
def test_the_gradient_of_scheduled_sampling_is_that_with_what_was_read_held_fixed(source, target):
    p = drawn("plain")
    rng = np.random.default_rng(2)
    run = seq2seq.scheduled(source, target, p, bos=BOS, rate=0.7, rng=rng)
    read = run.tape.decoded.words.run.tokens
    assert np.any(read[:, 1:] != target[:, :-1])

    def loss(W):  # the tokens that were read, now given
        moved = p._replace(target=W)
        state = run.tape.encoded.state
        h = cell_states(moved.target[read], state, moved)
        logits = layers.linear(h, moved.out).y
        return losses.cross_entropy(logits, target).loss

    found = seq2seq.backward(run).target
    k = (read[0, 1], 1)
    moved = p.target.astype(complex)
    moved[k] += 1e-30j
    np.testing.assert_allclose(np.imag(loss(moved)) / 1e-30, found[k], rtol=1e-10)


@pytest.mark.claim("seq2seq.mean-live")
def test_the_loss_is_the_mean_over_live_tokens_of_the_batch(p, source, target):
    lengths = np.array([T, 2])
    run = forced(source, target, p, target_lengths=lengths)
    each = [
        -log_softmax(run.logits[b, t])[target[b, t]] for b in range(B) for t in range(lengths[b])
    ]
    assert len(each) == T + 2
    np.testing.assert_allclose(run.loss, np.mean(each), rtol=1e-12)


@pytest.mark.claim("seq2seq.padding-free")
def test_whatever_stands_in_the_padding_moves_neither_loss_nor_gradient(p, source, target):
    lengths = {"source_lengths": np.array([S, 3]), "target_lengths": np.array([T, 2])}
    other = source.copy(), target.copy()
    other[0][1, 3:], other[1][1, 2:] = 77, -5
    one, two = forced(source, target, p, **lengths), forced(*other, p, **lengths)
    assert one.loss == two.loss
    for a, b in zip(flat(seq2seq.backward(one)), flat(seq2seq.backward(two)), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.claim("seq2seq.padded-mean")
def test_the_example_of_the_masked_loss_shows_two_wrong_losses():
    (mine, loss), (by_all,), (with_padding,) = (
        list(map(float, line)) for line in printed("seq2seq_masked")
    )
    assert mine == loss
    assert by_all == pytest.approx(loss * 5 / 6, abs=1e-4)
    assert with_padding > loss + 0.05


@pytest.mark.claim("seq2seq.product")
def test_the_mean_loss_times_the_number_of_tokens_is_minus_log_of_the_whole_chance(p, source):
    free = decoding.greedy(source[:1], p, bos=BOS, eos=EOS, limit=T)
    run = forced(source[:1], free.tokens, p)
    chances = softmax(run.logits)[0, np.arange(free.lengths[0]), free.tokens[0]]
    np.testing.assert_allclose(run.loss * free.lengths[0], -np.log(np.prod(chances)), rtol=1e-10)
    np.testing.assert_allclose(free.log_p[0], np.log(np.prod(chances)), rtol=1e-10)


@pytest.mark.claim("seq2seq.greedy-loses")
def test_in_the_example_the_beam_finds_the_best_sequence_and_greedy_does_not():
    greedy, first, second = printed("seq2seq_beam")
    assert greedy == ["greedy", "a", "⟨eos⟩", "0.2400"]
    assert first == ["beam", "b", "⟨eos⟩", "0.3600"] and second[1:] == greedy[1:]
    assert best(TABLE, 5) == ((3,), pytest.approx(0.36))


@pytest.mark.claim("seq2seq.beam-1")
def test_a_beam_of_one_is_greedy(p, source):
    given = {"bos": BOS, "eos": EOS, "limit": T}
    one, other = decoding.beam(source, p, width=1, **given), decoding.greedy(source, p, **given)
    np.testing.assert_array_equal(one.tokens[:, 0, : other.tokens.shape[1]], other.tokens)
    np.testing.assert_allclose(one.log_p[:, 0], other.log_p, rtol=1e-12)


@pytest.mark.claim("seq2seq.beam-misses")
def test_a_beam_of_two_loses_the_best_sequence_for_good_and_one_of_three_finds_it():
    half = [0, 0.5, 0.5, 0, 0]
    P = np.array([[0, 0, 0.4, 0.35, 0.25], [0, 1, 0, 0, 0], half, half, [0, 1, 0, 0, 0]])
    assert best(P, 4) == ((4,), pytest.approx(0.25))
    assert searched(P, 2) == ((2,), pytest.approx(0.2))
    assert searched(P, 3) == ((4,), pytest.approx(0.25))


@pytest.mark.claim("seq2seq.shorter")
def test_another_token_never_makes_a_sequence_likelier(p, source, target):
    chances = [
        -forced(source[:1], target[:1, :length], p).loss * length for length in range(1, T + 1)
    ]
    assert np.all(np.diff(chances) < 0)


@pytest.fixture(scope="module")
def curves():
    return experiments.result("reversal")


@pytest.mark.claim("seq2seq.curve-plain")
def test_without_attention_short_sequences_are_right_and_long_ones_are_not(curves):
    plain = dict(zip(reversal.LENGTHS, curves["plain"], strict=True))
    assert plain[2] > 0.95 > 0.5 > plain[8] > plain[12]
    assert plain[12] < 0.05


@pytest.mark.claim("seq2seq.curve-attention")
def test_with_attention_every_length_is_right_nearly_always(curves):
    assert min(curves["attention"]) > 0.94


@pytest.mark.claim("seq2seq.setting")
def test_the_training_is_set_as_the_page_says():
    assert translation.RATES == ((0.5, 0.01), (0.25, 0.005), (0.25, 0.002))
    assert translation.CLIP == 1
    assert reversal.LENGTHS == tuple(range(2, 13)) and reversal.DIGITS == 10


@pytest.mark.claim("seq2seq.fair")
def test_the_model_without_attention_has_more_units_and_more_steps():
    assert reversal.SIZES["plain"]["H"] > reversal.SIZES["attention"]["H"]
    assert reversal.STEPS["plain"] > reversal.STEPS["attention"]


@pytest.mark.claim("seq2seq.weights")
def test_the_model_without_attention_has_fewer_weights(rng):
    init, counts = {"plain": seq2seq.init_plain, "attention": seq2seq.init_bahdanau}, {}
    for kind, sizes in reversal.SIZES.items():
        p = init[kind](rng, reversal.DIGITS, 2 + reversal.DIGITS, **sizes)
        counts[kind] = sum(array.size for array in trees.arrays("test", "p", p).values())
    assert counts["plain"] < 0.7 * counts["attention"]


@pytest.mark.claim("seq2seq.memory")
@pytest.mark.parametrize("name", ["bahdanau", "luong"])
def test_the_memory_holds_one_state_for_each_source_token(name, rng, target):
    p = drawn(name)
    for length in (2, 5, 11):
        encoded = forced(rng.integers(V_X, size=(B, length)), target, p).tape.encoded
        assert encoded.memory.shape == (B, length, H * len(p.encoder) if name[0] == "b" else H)
        assert len(np.unique(encoded.memory.round(9), axis=1)[0]) == length


@pytest.mark.claim("seq2seq.before-after")
@pytest.mark.parametrize(("name", "moves"), [("bahdanau", False), ("luong", True)])
def test_the_token_read_at_a_step_moves_the_weights_of_luong_alone(name, moves, source, target):
    p, t = drawn(name), 2
    other = target.copy()
    other[:, t - 1] = 2 + (other[:, t - 1] - 1) % (V_Y - 2)  # what step t reads, counted from 0
    one, two = (forced(source, words, p).weights for words in (target, other))
    assert np.all(one[:, t] != two[:, t]) == moves
    assert np.array_equal(one[:, t], two[:, t]) != moves
    assert np.all(one[:, t + 1] != two[:, t + 1])


@pytest.mark.claim("seq2seq.luong-apart")
def test_the_states_of_the_decoder_of_luong_do_not_depend_on_attention(source, target):
    p = drawn("luong")
    turned = p._replace(score=attention.General(-2 * p.score.W_a))
    one, two = (forced(source, target, q) for q in (p, turned))
    np.testing.assert_array_equal(one.tape.decoded.cell.y, two.tape.decoded.cell.y)
    assert np.all(one.weights != two.weights) and np.all(one.logits != two.logits)


@pytest.mark.claim("seq2seq.dates")
def test_with_attention_nearly_all_dates_are_right_and_without_nearly_none():
    found = experiments.result("dates")
    assert found["exact"]["attention"] > 0.98 and found["exact"]["plain"] < 0.02
    assert 0.5 < found["characters"]["plain"] < 0.95
    assert dates.STEPS["plain"] > dates.STEPS["attention"]


@pytest.mark.claim("seq2seq.looks")
def test_while_a_year_is_written_three_quarters_of_the_weights_lie_on_the_year():
    places = {"May 3, 1979": (7, 11), "一九九七年七月二十一日": (0, 4), "2024年11月26日": (0, 4)}
    for shown in experiments.result("dates")["shown"]:
        weights = np.array(shown["weights"])[:4]
        year = slice(*places[shown["source"]])
        assert shown["source"][year] in ("1979", "一九九七", "2024")
        assert np.all(weights[:, year].sum(axis=1) > 0.75)


@pytest.mark.claim("seq2seq.padding-read")
def test_an_encoder_that_reads_padding_hands_over_another_state():
    p, (source, target) = example_models.translator(), example_models.SENTENCE
    longer = np.concatenate([source, np.zeros((1, 2), int)], axis=1)
    right = forced(source, target, p).tape.encoded.state
    kept = forced(longer, target, p, source_lengths=np.array([3])).tape.encoded.state
    read = forced(longer, target, p).tape.encoded.state
    np.testing.assert_array_equal(kept, right)
    np.testing.assert_allclose(read, [[0.7194, 0.9992]], atol=5e-5)


@pytest.mark.claim("seq2seq.reversed-state")
def test_the_reverse_direction_has_read_one_token_at_the_last_place_and_all_at_the_first(source):
    p = drawn("bahdanau")
    target = np.array([[2], [3]])
    other = source.copy()
    other[:, :-1] = (other[:, :-1] + 1) % V_X
    back = [forced(words, target, p).tape.encoded.memory[..., H:] for words in (source, other)]
    np.testing.assert_array_equal(back[0][:, -1], back[1][:, -1])
    assert np.all(back[0][:, 0] != back[1][:, 0])


@pytest.mark.claim("seq2seq.copying")
def test_a_decoder_that_reads_what_it_is_to_write_needs_no_source(rng):
    n = 6
    p = by_table(np.eye(n))  # writes again what it reads
    target = rng.integers(2, n, size=(1, 8))
    given = {"nonlinearity": "relu", "bos": BOS}
    right = seq2seq.teacher_forced(np.array([[0]]), target, p, **given)
    h = rnn.forward(p.target[target], p.decoder, nonlinearity="relu").y
    copied = losses.cross_entropy(layers.linear(h, p.out).y, target)
    assert copied.loss < 1e-9 and right.loss > 5


@pytest.mark.claim("seq2seq.no-eos")
def test_without_an_end_in_the_targets_every_step_lowers_the_logit_of_the_end(p, source, target):
    assert not np.any(target == EOS)
    run = forced(source, target, p)
    dlogits = losses.cross_entropy_backward(run.entropy)
    assert np.all(dlogits[..., EOS] > 0)  # descent goes against the gradient


@pytest.mark.claim("seq2seq.exercise-shift")
def test_three_target_tokens_are_three_losses_and_the_end_is_not_read(p, source):
    run = forced(source[:1], np.array([[2, 3, EOS]]), p)
    assert run.entropy.count == 3
    np.testing.assert_array_equal(run.tape.decoded.words.run.tokens, [[BOS, 2, 3]])


@pytest.mark.claim("seq2seq.exercise-ratio")
def test_eight_and_two_tokens_in_sixteen_places_make_the_ratio_of_the_exercise(rng):
    logits, target = rng.standard_normal((2, 8, V_Y)), rng.integers(V_Y, size=(2, 8))
    target[1, 2:] = -1
    right = losses.cross_entropy(logits, target, ignore=-1).loss
    total = losses.cross_entropy(logits, target, ignore=-1, reduction="sum").loss
    np.testing.assert_allclose(total / target.size, 0.625 * right, rtol=1e-12)
