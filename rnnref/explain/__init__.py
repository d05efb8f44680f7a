"""Read equations, graphs and figures from the running code: `trace`, `catalog`, `figures`.

In a notebook: `equations(function)`, `trace_table(run)` and `figure(name)` for functions and
numbers of your own. Nothing in the core imports this package. It needs the extra `rnnref[site]`.
"""

from .notebook import equations, figure
from .run_table import trace_table

__all__ = ["equations", "figure", "trace_table"]
