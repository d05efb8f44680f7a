"""The tests of a table of refusals: name -> (call, kind of error, English text, Chinese text)."""

import pytest


def refused(call, kind):
    """Return the text of the refusal that a call must end in."""
    with pytest.raises(kind) as refusal:
        call()
    assert type(refusal.value) is kind
    return str(refusal.value)


def texts(table):
    """Return two tests: the whole English text of every refusal, and the whole Chinese one."""

    @pytest.mark.parametrize("name", table)
    def english(name):
        call, kind, text, _ = table[name]
        assert refused(call, kind) == text

    @pytest.mark.parametrize("name", table)
    def chinese_too(chinese, name):
        call, kind, _, text = table[name]
        assert refused(call, kind) == text

    return english, chinese_too
