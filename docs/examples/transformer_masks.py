import numpy as np

from rnnref import attention, example_models, masks

x, p = example_models.words(), example_models.two_heads()
run = attention.multihead(x, x, x, p, heads=2, causal="top_left")
print(run.weights[0, 0].round(2), end="\n\n")

mask = masks.causal_mask(3, 2, align="bottom_right")
scores, v = np.zeros((1, 3, 2)), np.ones((1, 2, 4))
print(mask.astype(int), end="\n\n")
print(attention.attend(scores, v, mask=mask).weights[0], end="\n\n")
print(attention.attend(np.where(mask, scores, -1e9), v).weights[0])
