"""What each axis of a recorded array means, and what an operation makes of the meanings.

A meaning is one character: BATCH, COMPONENT (of a column or a matrix), UNIT (an axis of length one
that nobody sees), or the lower-case letter of a visible index. A row per example is a column of
mathematics: (BATCH, COMPONENT).
"""

import itertools

BATCH, COMPONENT, UNIT, ABSENT = "B", ".", "1", ""


class TraceError(TypeError):
    """A function does something for which there is no equation rule."""


def kind(axes):
    """Say what one example of the batch is.

    Returns
    -------
    "sca", "vec", "mat"; inside expressions also "vecT", indexed columns with the index last, and
    "rows", a number for each row of a matrix.
    """
    components = axes.count(COMPONENT)
    if components == 1 and axes[-1] != COMPONENT:
        return "rows" if axes[-1] == UNIT else "vecT"
    return ("sca", "vec", "mat")[components]


def merge(*all_axes):
    """Return the axes of an elementwise operation, aligned at the right as NumPy does."""
    result = []
    for column in itertools.zip_longest(*map(reversed, all_axes), fillvalue=ABSENT):
        meanings = {axis for axis in column if axis not in (UNIT, ABSENT)}
        spread = COMPONENT in meanings and any(
            axis == ABSENT and axes for axis, axes in zip(column, all_axes, strict=True)
        )
        if len(meanings) > 1 or spread:
            raise TraceError(
                f"elementwise operation on {_spell(all_axes)}: the axes do not mean the same; "
                "index with None where an axis is missing"
            )
        result.append(meanings.pop() if meanings else UNIT)
    return tuple(reversed(result))


def transposed(axes):
    """Return the axes of a transpose: of a matrix, or of data that a product sums over."""
    if len(axes) < 2 or (BATCH in axes[-2:] and axes != (BATCH, COMPONENT)):
        raise TraceError("a transpose may not move the batch axis; transpose weights or keys")
    return (*axes[:-2], axes[-1], axes[-2])


def matmul(left, right):
    """Return the axes of a matrix product; the axes that it sums over must mean the same."""
    if left == (COMPONENT, BATCH) and right in ((BATCH, COMPONENT), (BATCH,)):
        return (COMPONENT, *right[1:])
    inner = right[-2:-1] or right[-1:]
    if not left or not right or left[-1:] != inner or left[-1] not in (COMPONENT, *_letters(left)):
        raise TraceError(
            f"no equation rule for {_spell((left, right))} under @; "
            "write x @ W.T, with an axis of the same meaning on both sides"
        )
    outer = merge(left[:-2], right[:-2])
    return (*outer, *left[-2:-1], *(right[-1:] if len(right) > 1 else ()))


def reduced(axes, keepdims=False, axis=-1):
    """Return the axes after a reduction over one of them, which must not be the batch."""
    if not axes or axes[axis] in (BATCH, UNIT):
        raise TraceError("a reduction must run over components or over a visible index")
    place = range(len(axes))[axis]
    return (*axes[:place], *[UNIT] * keepdims, *axes[place + 1 :])


def below(axes):
    """Return the axes of all vectors of a batch below one another, and the letters that vanish."""
    if axes[:1] != (BATCH,) or COMPONENT in axes[:-1] or UNIT in axes:
        raise TraceError("only indexed columns or numbers of a batch can stand below one another")
    return (BATCH, *axes[len(axes) - 1 :]), axes[1:-1]


def joined(parts):
    """Return the axes of columns written one below the other."""
    if len(set(parts)) > 1 or kind(parts[0]) != "vec":
        raise TraceError(f"no equation rule for joining {_spell(parts)}; join columns")
    return parts[0]


def _letters(axes):
    return [axis for axis in axes if axis.islower()]


def _spell(all_axes):
    return " and ".join(f"{kind(axes)} ({' '.join(axes) or 'a number'})" for axes in all_axes)
