import numpy as np

from rnnref import examples, gradcheck, rnn

p = examples.rnn_params()


def loss(W, U, b):
    return np.sum(examples.DY * rnn.forward(examples.X, rnn.Params(W, U, b)).y)


run = rnn.forward(examples.X, p)
grads = rnn.backward(run, dy=examples.DY).params
print(gradcheck.check(loss, p._asdict(), grads._asdict()))

grads.U[1, 0] *= 0.99
print(gradcheck.check(loss, p._asdict(), grads._asdict()))
