"""How far predictions are from their targets."""

from .classes import (
    CrossEntropy,
    Perplexity,
    cross_entropy,
    cross_entropy_backward,
    perplexity,
    perplexity_backward,
)
from .numbers import BCE, MSE, bce_with_logits, bce_with_logits_backward, mse, mse_backward
from .steps import StepLossesGrads, step_losses, step_losses_backward, total, total_backward

__all__ = [
    "BCE",
    "CrossEntropy",
    "MSE",
    "Perplexity",
    "StepLossesGrads",
    "bce_with_logits",
    "bce_with_logits_backward",
    "cross_entropy",
    "cross_entropy_backward",
    "mse",
    "mse_backward",
    "perplexity",
    "perplexity_backward",
    "step_losses",
    "step_losses_backward",
    "total",
    "total_backward",
]
