"""The steppers of a page, for tests in a browser."""

FRAMES = {"lstm": 39, "gru": 33, "rnn": 24}


def stepper_of(page, cell):
    return page.locator(f"rr-stepper[data-cell={cell}]")


def now(page, cell="lstm"):
    """Return where a stepper stands: its way, time and stage."""
    frame = stepper_of(page, cell).evaluate("(s) => s.frames[s.index]")
    return frame["way"], frame["t"], frame["k"]


def opened(page):
    stepper = stepper_of(page, "lstm")
    stepper.locator(".rr-stepper__fields summary").click()
    return stepper
