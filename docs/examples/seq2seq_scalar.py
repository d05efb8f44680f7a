from math import exp, tanh

source = [(1.1, 0.3), (1.3, -0.6), (0.5, 0.4)]  # 我 喝 水
target = [(-0.2, -1.4), (1.5, -0.4), (0.1, 0.7)]  # ⟨bos⟩ I drink

a, b = 0.0, 0.0
for x1, x2 in source:
    a, b = (
        tanh(1.1 * x1 - 0.6 * x2 - 0.6 * a + 0.2 * b + 0.2),
        tanh(1.3 * x1 + 0.6 * x2 + 0.9 * a + 1.4 * b + 0.1),
    )
print(f"0  {a:7.4f} {b:7.4f}")

for t, (x1, x2) in enumerate(target, 1):
    a, b = (
        tanh(0.6 * x1 + 0.7 * x2 - 0.2 * a - 1.2 * b + 0.3),
        tanh(-0.4 * x1 + 1.5 * x2 + 0.8 * a + 0.1 * b - 0.1),
    )
    e = [
        exp(-1.0 * a + 1.5 * b - 0.8),  # ⟨bos⟩
        exp(-0.9 * a - 0.4 * b + 0.6),  # I
        exp(0.8 * a - 1.0 * b + 0.1),  # drink
        exp(1.0 * a + 1.4 * b + 0.4),  # water
    ]
    print(f"{t}  {a:7.4f} {b:7.4f}  ", *(f"{part / sum(e):.4f}" for part in e))
