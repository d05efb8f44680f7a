from math import exp

q = [1.0, -0.5, 0.8]
k = [[-0.4, 0.2, 0.6], [1.2, -0.3, 0.9], [-0.7, 0.5, -0.6], [0.5, 0.4, 0.7]]
v = [[0.9, -0.2], [0.3, 1.0], [-0.8, 0.4], [-0.1, -0.7]]

s = [sum(q[j] * key[j] for j in range(3)) for key in k]
e = [exp(score) for score in s]
a = [part / sum(e) for part in e]
y = [sum(a[i] * v[i][j] for i in range(4)) for j in range(2)]

for name, numbers in [("s", s), ("exp s", e), ("a", a), ("y", y)]:
    print(f"{name:5}", *(f"{number:8.4f}" for number in numbers))
