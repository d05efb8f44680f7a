from rnnref import examples, rnn

x = examples.X.copy()
x[0, 2] = [9.0, -9.0]  # x_3
changed = rnn.forward(x, examples.rnn_params()).y - examples.rnn_run().y
print(changed[0].round(4))
