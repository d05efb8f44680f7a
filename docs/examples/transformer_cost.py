E = 64

print(f"{'T':>4} {'RNN':>8} {'LSTM':>8} {'self':>8} {'T²':>8}")
for T in (32, 128, 512, 2048):
    rnn = T * 2 * E * E
    lstm = T * 8 * E * E
    own = T * 4 * E * E + 2 * T * T * E
    print(f"{T:4} {rnn / 1e6:7.1f}M {lstm / 1e6:7.1f}M {own / 1e6:7.1f}M {T * T:8}")
