import numpy as np

from rnnref import losses, numerics

s = np.array([1000.0, 1001.0, 1002.0])
with np.errstate(over="ignore", invalid="ignore"):
    e = np.exp(s)
    print(e, e / e.sum(), np.log(e.sum()))
print(np.exp(s - s.max()).round(4))
print(numerics.softmax(s).round(4), numerics.logsumexp(s).round(4))
print(losses.cross_entropy(s[None], np.array([0])).loss.round(4))
