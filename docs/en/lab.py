# ---
# title: "Hands on: take a step, then change it"
# description: "A notebook to download and run cell by cell: walk through one LSTM step, turn the gates, measure how long it remembers, then change an equation and watch its printed form follow."
# ---

# %% [markdown]
# # Hands on: take a step, then change it { #lab }
#
# This page is a notebook. What stands under each cell was printed when the site was built; download it, and you can run and change it cell by cell. It needs `rnnref`; for the last two sections, run `pip install -e ".[site]"` in the folder of the project too.
#
# ## Take a step { #step }
#
# We enter [step 2, worked out by hand in the LSTM chapter](lstm.html#step), with the small example of the whole site. `steps` holds every quantity of every step; all shapes are (1, 2), one example and two hidden units.

# %%
import numpy as np

from rnnref import examples, lstm

p = examples.lstm_params()
run = examples.lstm_run()
x = examples.X[:, 1]
h_prev, c_prev = run.steps.h[:, 0], run.steps.c[:, 0]

s = lstm.step(x, h_prev, c_prev, p)
for name, value in s._asdict().items():
    print(f"{name:8}", value[0].round(4))

# %% [markdown]
# The cell state is what is kept plus what is written. Compute it yourself and compare with `s.c`:

# %%
kept, written = s.f * c_prev, s.i * s.c_tilde
print(kept[0].round(4), "+", written[0].round(4), "=", (kept + written)[0].round(4))
print(np.array_equal(kept + written, s.c))

# %% [markdown]
# ## Turn the gates { #turn }
#
# The bias of a gate is a part of the weights. `q.b_f` is no copy: to change it is to change `q.b`. Push the forget gate close to 1 and the input gate close to 0, and the cell state should stay as it is:

# %%
q = p._replace(b=p.b.copy())
q.b_f[:], q.b_i[:] = 20, -20
print("c_1 =", c_prev[0].round(4))
print("c_2 =", lstm.step(x, h_prev, c_prev, q).c[0].round(4))

# %% [markdown]
# Your turn: replace 20 and −20 by 2 and −2 and run it again. Which unit changes more, and why?
#
# <details>
# <summary>Think first, then look</summary>
#
# Unit 2 changes more. The bias is only one of several terms that are added, and 2 does not outweigh what the input and the hidden state bring: the forget gates of the two units stop in different places. The candidate of unit 2 is also much larger, so the little that leaks in shows more.
#
# </details>
#
# ## How long it remembers { #memory }
#
# Set all other weights to zero. Then the candidate is 0 and writes nothing, and each step only multiplies the cell state by σ(bias). What share is left after 50 steps?


# %%
def left(bias, steps=50):
    q = p._replace(W=0 * p.W, U=0 * p.U, b=0 * p.b)
    q.b_f[:] = bias
    start = lstm.State(h=np.zeros((1, 2)), c=np.ones((1, 2)))
    return lstm.forward(np.zeros((1, steps, 2)), q, state=start).state.c[0, 0]


for bias in (0, 1, 2, 4, 8):
    print(f"{bias}   {left(bias):.4f}")

# %% [markdown]
# Your turn: how large must the bias be for one half to be left after 200 steps? Estimate on paper first, then try `left(bias, 200)`.
#
# <details>
# <summary>Think first, then look</summary>
#
# Each step must leave the 200th root of 0.5, about 0.9965, and the bias for that is about 5.66.
#
# </details>
#
# ## Change an equation { #change }
#
# The equations of this site are printed from a run of the function, and a function of your own can be printed too. Here the LSTM is changed so that keeping and writing are tied together: the input gate is no longer computed by itself, it is 1 minus the forget gate.

# %%
from rnnref.numerics import sigmoid


def coupled(x, h_prev, c_prev, p):
    f = sigmoid(x @ p.W_f.T + h_prev @ p.U_f.T + p.b_f)
    i = 1 - f
    c_tilde = np.tanh(x @ p.W_c.T + h_prev @ p.U_c.T + p.b_c)
    c = f * c_prev + i * c_tilde
    o = sigmoid(x @ p.W_o.T + h_prev @ p.U_o.T + p.b_o)
    h = o * np.tanh(c)
    return lstm.LSTMStep(f, i, c_tilde, c, o, h)


print(coupled(x, h_prev, c_prev, p).c[0].round(4))

# %%
from rnnref.explain import equations

equations(coupled)

# %% [markdown]
# The second equation is new, the others are the same. The cell state is now a weighted average of its old value and the candidate, so from a start at 0 it never leaves the range from −1 to 1. Compare it with the [last equation of the GRU](gru.html#equations): do you see the likeness?
#
# Your turn: change `i = 1 - f` back, then take `np.tanh` out of `h = o * np.tanh(c)`, and see how the printed equations follow.
#
# ## Numbers of your own { #own }
#
# `trace_table` lists every gate, candidate and state of a forward pass: a row for unit k at step t, and below each name the shape of the whole array.

# %%
from rnnref.explain import trace_table

trace_table(run)

# %% [markdown]
# Any figure of the site can be had too: `figure("lstm-cell")` is the one of [the step worked out by hand](lstm.html#step). Hand it numbers of your own and it is drawn with them; wires and signs are still read from a run of the function. This works for the figures of all three cells. Each pill holds exactly two numbers, so it takes one example, two inputs and two hidden units.

# %%
from rnnref.explain import figure

mine = {"x": np.array([[2.0, -1.0]]), "h_prev": h_prev, "c_prev": np.array([[3.0, -3.0]]), "p": p}
figure("lstm-cell", lang="en", values=mine)

# %% [markdown]
# Your turn: the old values of the two units are 3 and −3. Which unit keeps more of its own, and where in the figure do you see it? Then change `x` so that the other one keeps more.
#
# <details>
# <summary>Think first, then look</summary>
#
# Look at the pill of the forget gate, $f_t$: it is 0.30 for unit 1 and 0.91 for unit 2. So 0.89 is left of 3, and −2.73 of −3. Turn `x` round, to (−2, 1), and unit 1 is the one that keeps more.
#
# </details>
