"""The one family of errors that `rnnref` raises for an argument it cannot take."""

import os
from collections.abc import Iterable
from typing import Any

LANGUAGES = ("en", "zh")
VARIABLE = "RNNREF_LANGUAGE"

_language = "en"


def set_language(language: str) -> None:
    """Choose the language of error messages; the only global setting of the package.

    Without a call it is that of the environment variable RNNREF_LANGUAGE, or English.

    Parameters
    ----------
    language : "en" or "zh"

    Raises
    ------
    OptionError
        For any other value.
    """
    _choose("set_language", "language", language)


def say(en: str, zh: str) -> str:
    """Return the one of two texts that is in the chosen language."""
    return zh if _language == "zh" else en


class ArgumentError(ValueError):
    """An argument is not what the function can take.

    Attributes
    ----------
    function, argument : str
        The function as called (`lstm.forward`) and the name of the argument in it.
    expected, actual : str
        What was asked for, and what came, in the language of the message.
    """

    verb = ("be", "为")  # what joins the argument to what was expected of it

    def __init__(
        self, function: str, argument: str, expected: str, actual: str, detail: str = ""
    ) -> None:
        self.function, self.argument = function, argument
        self.expected, self.actual = expected, actual
        en, zh = self.verb
        text = say(
            f"{function}: {argument} must {en} {expected}, got {actual}",
            f"{function}：{argument} 应{_spaced(zh, expected)}，{_spaced('实际是', actual)}",
        )
        super().__init__(text + (say(": ", "：") + detail if detail else ""))

    def __reduce__(
        self,
    ) -> tuple[Any, ...]:  # without it neither copy nor another process could rebuild the error
        return _rebuilt, (type(self), str(self), vars(self))


class ShapeError(ArgumentError):
    """An array has the wrong shape; the detail says which argument fixed the size."""

    verb = ("have shape", "具有形状")


class DTypeError(ArgumentError, TypeError):
    """An argument has the wrong kind of numbers, or is no array at all."""


class OptionError(ArgumentError):
    """An option is none of the values that the function knows."""

    def __init__(
        self, function: str, argument: str, allowed: Iterable[object], actual: object
    ) -> None:
        values = [repr(value) for value in allowed]
        expected = say("none", "空")
        if values:
            expected = say(f"one of {', '.join(values)}", f"{'、'.join(values)} 之一")
        super().__init__(function, argument, expected, repr(actual))


def check_option(function: str, argument: str, value: object, allowed: Iterable[str]) -> None:
    """Raise an OptionError unless the value is one of the allowed strings."""
    if not (isinstance(value, str) and value in tuple(allowed)):
        raise OptionError(function, argument, allowed, value)


def _spaced(zh: str, text: str) -> str:
    """Join Chinese to what follows, with the space that Latin letters and digits need."""
    return f"{zh} {text}" if text[:1].isascii() else zh + text


def _rebuilt(kind: type[ArgumentError], text: str, attributes: dict[str, Any]) -> ArgumentError:
    error = kind.__new__(kind, text)
    vars(error).update(attributes)
    return error


def _choose(function: str, argument: str, language: str) -> None:
    global _language
    check_option(function, argument, language, LANGUAGES)
    _language = language


# An empty variable counts as none, as in most programs.
_choose("rnnref", VARIABLE, os.environ.get(VARIABLE) or "en")
