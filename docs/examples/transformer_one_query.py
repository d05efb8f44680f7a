from math import exp, sqrt

q = [1.56, -0.83]  # W_q x_1
k = [[0.72, 1.07], [-0.68, -0.71], [0.96, -0.77]]
v = [[1.2, -0.69], [-0.49, 1.19], [-0.84, -0.85]]
dy = [0.5, -1.0]  # ∂L/∂y_1


def dot(a, b):
    return sum(one * other for one, other in zip(a, b, strict=True))


s = [dot(q, key) / sqrt(2) for key in k]
e = [exp(score) for score in s]
a = [part / sum(e) for part in e]
y = [dot(a, column) for column in zip(*v, strict=True)]

da = [dot(value, dy) for value in v]
mean = dot(a, da)
ds = [a[i] * (da[i] - mean) for i in range(3)]
dq = [dot(ds, column) / sqrt(2) for column in zip(*k, strict=True)]

forward = {"s": s, "a": a, "y": y}
backward = {"da": da, "mean": [mean], "ds": ds, "dq": dq}
for name, numbers in (forward | backward).items():
    print(f"{name:4}", *(f"{number:+.4f}" for number in numbers))
