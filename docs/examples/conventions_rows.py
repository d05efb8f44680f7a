from rnnref import examples

x = examples.X[0]  # (B=3, D=2)
W = examples.rnn_params().W  # (H=2, D=2)
print((x @ W.T).round(2))
print((W @ x[1]).round(2))
