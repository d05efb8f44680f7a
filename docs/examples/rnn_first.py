from rnnref import examples, rnn

run = rnn.forward(examples.X, examples.rnn_params())
print(run.y.shape)  # (B, T, H)
print(run.y[0].round(4))
