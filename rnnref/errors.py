"""The one family of errors that `rnnref` raises for an argument it cannot take."""

import os

LANGUAGES = ("en", "zh")

_language = os.environ.get("RNNREF_LANGUAGE", "en")


def set_language(language):
    """Choose the language of error messages; the only global setting of the package.

    Parameters
    ----------
    language : "en" or "zh"

    Raises
    ------
    OptionError
        For any other value.
    """
    global _language
    if language not in LANGUAGES:
        raise OptionError("set_language", "language", LANGUAGES, language)
    _language = language


def say(en, zh):
    """Return the one of two texts that is in the chosen language."""
    return zh if _language == "zh" else en


class ArgumentError(ValueError):
    """An argument is not what the function can take.

    Attributes
    ----------
    function, argument : str
        The function as called (`lstm.forward`) and the name of the argument in it.
    expected, actual : str
        What was asked for, and what came.
    """

    def __init__(self, function, argument, expected, actual, detail=""):
        self.function, self.argument = function, argument
        self.expected, self.actual = expected, actual
        text = say(
            f"{function}: {argument} must {self.verb()} {expected}, got {actual}",
            f"{function}：{argument} 应{self.verb()}{expected}，实际是 {actual}",
        )
        super().__init__(text + (say(": ", "：") + detail if detail else ""))

    def verb(self):
        """Return the words between the argument and what was expected of it."""
        return say("be", "为 ")


class ShapeError(ArgumentError):
    """An array has the wrong shape; the detail says which argument fixed the size."""

    def verb(self):
        return say("have shape", "具有形状 ")


class DTypeError(ArgumentError, TypeError):
    """An argument has the wrong kind of numbers, or is no array at all."""


class OptionError(ArgumentError):
    """An option is none of the values that the function knows."""

    def __init__(self, function, argument, allowed, actual):
        expected = say("one of ", "其中之一：") + ", ".join(repr(value) for value in allowed)
        super().__init__(function, argument, expected, repr(actual))
