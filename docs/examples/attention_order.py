from rnnref import attention, examples

q, k, v = examples.attention_vectors()
order = [2, 0, 3, 1]
for keys, values in [(k, v), (k[:, order], v[:, order]), (k[:, order], v)]:
    out = attention.attention(q, keys, values, score="dot")
    print(out.weights[0, 0].round(4), out.y[0, 0].round(4))
