from rnnref import examples, lstm

x, p = examples.latch_inputs(), examples.latch_params()
s = lstm.forward(x, p).steps
w, v, r = x[0, :, 0], x[0, :, 2], x[0, :, 3]

print(" t   w   v   r       f       i       c̃       c        o       h")
for t in range(24):
    f, i, c_tilde, c, o, h = (field[0, t, 0] for field in s)
    print(f"{t + 1:2} {w[t]:3.0f} {v[t]:+3.0f} {r[t]:3.0f}", end="")
    print(f" {f:7.3f} {i:7.3f} {c_tilde:+z7.2f} {c:+z7.2f}  {o:7.3f} {h:+z7.2f}")
