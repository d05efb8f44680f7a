from math import tanh

ha = hb = 0.0
for xa, xb in [(1.0, 0.5), (-0.5, 1.0), (0.8, -1.0)]:
    sa = 0.6 * xa - 0.4 * xb + 0.5 * ha - 0.7 * hb + 0.1
    sb = 0.3 * xa + 0.9 * xb + 0.8 * ha + 0.2 * hb - 0.2
    ha, hb = tanh(sa), tanh(sb)
    print(f"{ha:+.4f} {hb:+.4f}")
