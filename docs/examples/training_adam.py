from rnnref.optim.descent import adam_step

settings = {"lr": 0.1, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.0}
m = v = 0.0
print("   t m      v      m^   v^   m/√v m^/√v^")
for t in range(1, 1001):
    s = adam_step(0.0, 0.5, m, v, t=t, **settings)  # g = 0.5
    m, v = s.m, s.v
    if t in (1, 2, 3, 10, 100, 1000):
        ratios = f"{m / v**0.5:.2f} {s.m_hat / s.v_hat**0.5:.2f}"
        print(f"{t:4} {m:.4f} {v:.4f} {s.m_hat:.2f} {s.v_hat:.2f} {ratios}")
