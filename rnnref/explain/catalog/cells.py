"""Equations of the recurrent cells: every form, forward and backward, and the joined writing."""

from ... import gru, joined, lstm, rnn
from ..stepper import goal
from .entry import Entry

BACKWARD = (gru.step_backward, gru.step_update_replace_backward)
BACKWARD += (gru.step_reset_after_backward, gru.step_reset_after_update_replace_backward)

ENTRIES = {
    "rnn.step": Entry(rnn.step, "rnn"),
    "rnn.step:notes": Entry(rnn.step, "rnn-notes"),
    "rnn.step_relu": Entry(rnn.step_relu, "rnn"),
    "lstm.step": Entry(lstm.step, "lstm"),
    "gru.step": Entry(gru.step, "gru"),
    "gru.step_update_replace": Entry(gru.step_update_replace, "gru"),
    "gru.step_reset_after": Entry(gru.step_reset_after, "gru"),
    "gru.step_reset_after_update_replace": Entry(gru.step_reset_after_update_replace, "gru"),
    "lstm.step_peephole": Entry(lstm.step_peephole, "lstm"),
    "lstm.step_coupled": Entry(lstm.step_coupled, "lstm"),
    "lstm.step_projected": Entry(lstm.step_projected, "lstm"),
    "rnn.step_backward": Entry(rnn.step_backward, "rnn-backward"),
    "rnn.step_relu_backward": Entry(rnn.step_relu_backward, "rnn-backward"),
    "lstm.step_backward": Entry(lstm.step_backward, "lstm-backward"),
    "lstm.step_peephole_backward": Entry(lstm.step_peephole_backward, "lstm-backward"),
    "lstm.step_coupled_backward": Entry(lstm.step_coupled_backward, "lstm-backward"),
    "lstm.step_projected_backward": Entry(lstm.step_projected_backward, "lstm-backward"),
    **{f"gru.{function.__name__}": Entry(function, "gru-backward") for function in BACKWARD},
    "stepper.half_squared": Entry(goal.half_squared, "goal"),
    "joined.rnn_step": Entry(joined.rnn_step, "rnn"),
    "joined.lstm_step": Entry(joined.lstm_step, "lstm"),
    "joined.gru_step": Entry(joined.gru_step, "gru"),
    "joined.gru_step_update_replace": Entry(joined.gru_step_update_replace, "gru"),
}
