from rnnref.optim.descent import adam_step

m = v = 0.0
print("   t      m        v       m̂       v̂      m/√v    m̂/√v̂")
for t in range(1, 1001):
    s = adam_step(
        *(0.0, 0.5, m, v),  # g = 0.5
        **{"t": t, "lr": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.0},
    )
    m, v = s.m, s.v
    if t in (1, 2, 3, 10, 100, 1000):
        means = f"{m:8.4f} {v:8.4f} {s.m_hat:8.4f} {s.v_hat:8.4f}"
        print(f"{t:4} {means} {m / v**0.5:8.4f} {s.m_hat / s.v_hat**0.5:8.4f}")
