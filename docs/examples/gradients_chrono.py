import numpy as np

from rnnref.numerics import sigmoid

print("    u  ln u  σ(ln u)  n(1/e)     σ⁶⁰")
for u in (1, np.e, 10, 30, 59):
    f = sigmoid(np.log(u))
    print(f"{u:5.1f}  {np.log(u):.2f}   {f:.4f}   {-1 / np.log(f):5.1f}  {f**60:.1e}")
