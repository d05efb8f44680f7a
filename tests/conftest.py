"""What every test may rely on."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in a build; NumPy reads it once

import pytest
import twin_texts

import rnnref
from rnnref.explain import experiments
from scripts import cache

experiments.keep_with(cache.trained)  # trainings behind figures are kept, as they are by a build

twin_texts.watch()


@pytest.fixture(autouse=True)
def english():
    """Start and leave every test with English messages."""
    rnnref.set_language("en")
    yield
    rnnref.set_language("en")


@pytest.fixture
def chinese(english):
    """Let messages be Chinese in this test."""
    rnnref.set_language("zh")
