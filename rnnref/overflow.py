"""What becomes of numbers too large for a float: infinity or NaN, as IEEE 754 has it."""

import numpy as np

# Around a function: what explodes is seen in its result, and no warning says so once more.
quietly = np.errstate(over="ignore", invalid="ignore")
