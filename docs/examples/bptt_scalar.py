from math import tanh

x = [(1.0, 0.5), (-0.5, 1.0), (0.8, -1.0)]
dy = [(-0.4, 0.2), (0.6, -0.9), (0.8, -0.5)]  # ∂L/∂y_t

h = [(0.0, 0.0)]
for xa, xb in x:
    ha, hb = h[-1]
    sa = 0.6 * xa - 0.4 * xb + 0.5 * ha - 0.7 * hb + 0.1
    sb = 0.3 * xa + 0.9 * xb + 0.8 * ha + 0.2 * hb - 0.2
    h.append((tanh(sa), tanh(sb)))

later_a = later_b = 0.0
for t in (3, 2, 1):
    dha, dhb = dy[t - 1][0] + later_a, dy[t - 1][1] + later_b
    daa, dab = dha * (1 - h[t][0] ** 2), dhb * (1 - h[t][1] ** 2)
    later_a = 0.5 * daa + 0.8 * dab  # column 1 of U
    later_b = -0.7 * daa + 0.2 * dab  # column 2 of U
    print(f"{t}   {dha:+.4f} {dhb:+.4f}   {daa:+.4f} {dab:+.4f}")
