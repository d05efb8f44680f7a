import numpy as np

from rnnref import example_models, seq2seq
from rnnref.numerics import softmax

p, source = example_models.translator(), np.array([[0, 1, 2]])  # 我 喝 水
words = ["⟨bos⟩", *example_models.ENGLISH]

for first in (1, 3):
    target = np.array([[first, 2, 3]])
    run = seq2seq.teacher_forced(source, target, p, bos=0)
    print(f"{words[first]:5} →", *(f"{chance:.3f}" for chance in softmax(run.logits)[0, 1]))
