"""One rule of descent applied to all parameters of a model, whatever they are kept in."""

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from .. import trees
from ..checks.dims import kind_of
from ..checks.eps import check_eps
from ..checks.scalars import check_count
from ..errors import DTypeError, say
from ..hints import Array
from ..overflow import quietly
from ..records import frozen


class State(NamedTuple):
    """What a rule remembers between updates: their number, and arrays like the parameters."""

    t: int
    memory: dict  # name of a running mean -> arrays in the make of the parameters, read-only


class Updated(NamedTuple):
    """New parameters and the new state."""

    params: Any
    state: State


class Optimiser(NamedTuple):
    """A rule of descent with its settings.

    Attributes
    ----------
    name : str
    step : function (p, g, *memory) -> record with the new memory and p
        The rule for one array, its settings filled in.
    slots : tuple of str
        What it remembers for every array, zero at first.
    counts : bool
        Whether `step` also takes the number t of the update, from 1.
    eps : float or None
        What keeps the divisors of the rule from 0; None where it has none.
    """

    name: str
    step: Callable
    slots: tuple[str, ...]
    counts: bool
    eps: float | None

    def init(self, params: Any) -> State:
        """Return the state before the first update.

        Parameters
        ----------
        params : array, record, dict, list or tuple of them

        Returns
        -------
        State

        Raises
        ------
        DTypeError
            For a leaf that is no array of float64 or float32 numbers, by name.
        """
        named = trees.arrays(f"optim.{self.name}().init", "params", params)
        zeros = [[np.zeros_like(p) for p in named.values()] for _ in self.slots]
        return State(0, self._memory(params, zeros))

    @quietly
    def update(self, params: Any, grads: Any, state: State) -> Updated:
        """Make one step against the gradient.

        Parameters
        ----------
        params : array, record, dict, list or tuple of them
        grads : arrays in the make of `params`
            Taken in the dtype of their parameters, which decides that of the results.
        state : State
            What `init` or the last `update` of the same rule returned.

        Returns
        -------
        Updated
            New parameters in the make of `params`, and the state after this step.

        Raises
        ------
        ShapeError, DTypeError, ArgumentError
            For an array that is missing, too many, or does not fit its parameter, by name; for an
            eps that is 0 in the dtype of a parameter.
        """
        name = f"optim.{self.name}().update"
        t = self._check_state(name, state).t + 1
        named = trees.arrays(name, "params", params)
        if self.eps is not None:
            for argument, p in named.items():
                check_eps(name, self.eps, argument, p)
        rows = [list(named.values()), trees.matched(name, "grads", grads, "params", named)]
        for slot in self.slots:
            held = f"state.memory[{slot!r}]"
            rows.append(trees.matched(name, held, state.memory[slot], "params", named))
        step = functools.partial(self.step, t=t) if self.counts else self.step
        steps = [step(*row) for row in zip(*rows, strict=True)]
        memory = [[getattr(done, slot) for done in steps] for slot in self.slots]
        new = trees.rebuilt(params, (done.p for done in steps))
        return Updated(new, State(t, self._memory(params, memory)))

    def _memory(self, params: Any, arrays: Iterable[Iterable[Array]]) -> dict[str, Any]:
        """Return lists of arrays, one per slot, as trees that nobody can write to."""
        rows = [[frozen(np.asarray(array)) for array in row] for row in arrays]
        pairs = zip(self.slots, rows, strict=True)
        return {slot: trees.rebuilt(params, row) for slot, row in pairs}

    def _check_state(self, function: str, state: Any) -> State:
        expected = say(
            f"a record optim.State of optim.{self.name}().init",
            f"optim.{self.name}().init 给出的 optim.State",
        )
        if not isinstance(state, State):
            raise DTypeError(function, "state", expected, kind_of(state))
        if not isinstance(state.memory, Mapping) or tuple(state.memory) != self.slots:
            other = say("a State of another rule", "别的规则的 State")
            raise DTypeError(function, "state", expected, other)
        check_count(function, "state.t", state.t, 0)
        return state
