"""Two hundred steps against the same loops in 50 decimal digits."""

import decimal

import cases
import numpy as np
import oracle
import pytest

from rnnref import lstm

T = 200
EPS = {"f8": np.finfo("f8").eps, "f4": np.finfo("f4").eps}


class Exact:
    """What `oracle` needs of the module `math`, for decimal numbers."""

    @staticmethod
    def exp(a):
        return a.exp()

    @staticmethod
    def tanh(a):
        return 1 - 2 / ((2 * a).exp() + 1)


def exact(array):
    """Return the numbers of an array as decimal ones, which hold them exactly."""
    return np.vectorize(decimal.Decimal, otypes=[object])(array.astype(float))


def true_values(form, x, state, p):
    """Run the scalar loops of `oracle` on decimal numbers; return h of every step."""
    numbers = type(p)(*(None if array is None else exact(array) for array in p))
    given = [exact(x), *map(exact, state), numbers]
    options = cases.FORMS[form].options
    with decimal.localcontext(prec=50):
        return getattr(oracle, form.split()[0])(*given, **options)


@pytest.mark.parametrize("form", cases.FORMS)
@pytest.mark.parametrize("dtype", EPS)
def test_the_error_of_two_hundred_steps_is_a_few_roundings(form, dtype, monkeypatch):
    monkeypatch.setattr(oracle, "math", Exact)
    # With these weights a rounding error is not made larger by the steps that follow.
    x = cases.normal(21)(1, T, cases.D).astype(dtype)
    p = type(cases.params(form))(
        *(None if a is None else (0.5 * a).astype(dtype) for a in cases.params(form))
    )
    state = [part[:1].astype(dtype) for part in cases.flat(cases.state(form))]
    start = lstm.State(*state) if form == "lstm" else state[0]
    run = cases.run(form, x=x, p=p, start=start)
    for t, step in enumerate(true_values(form, x[0], [part[0] for part in state], p)):
        for name, values in step.items():
            true = np.array([float(value) for value in values])
            error = np.abs(getattr(run.steps, name)[0, t] - true)
            assert np.all(error <= 8 * EPS[dtype] * np.maximum(1, np.abs(true))), (name, t)
