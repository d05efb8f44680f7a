from math import tanh

h1 = h2 = 0.0
for x1, x2 in [(1.0, 0.5), (-0.5, 1.0), (0.8, -1.0)]:
    a1 = 0.6 * x1 - 0.4 * x2 + 0.5 * h1 - 0.7 * h2 + 0.1
    a2 = 0.3 * x1 + 0.9 * x2 + 0.8 * h1 + 0.2 * h2 - 0.2
    h1, h2 = tanh(a1), tanh(a2)
    print(f"{h1:+.4f} {h2:+.4f}")
