import numpy as np

from rnnref import example_models, losses, seq2seq

p = example_models.translator()
source = np.array([[0, 1, 2], [1, 2, 0]])
target = np.array([[1, 2, 3], [2, 3, 0]])
run = seq2seq.teacher_forced(source, target, p, bos=0, target_lengths=np.array([3, 2]))

live = np.array([[True, True, True], [True, True, False]])
each = losses.cross_entropy(run.logits, target, reduction="none").loss
print(f"{np.sum(each * live) / np.sum(live):.4f}  {run.loss:.4f}")
print(f"{np.sum(each * live) / live.size:.4f}")
print(f"{np.mean(each):.4f}")
