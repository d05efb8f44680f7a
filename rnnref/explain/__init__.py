"""Read equations, graphs and figures from the running code: `trace`, `catalog`, `figures`.

Nothing in the core imports this package. It needs the extra `rnnref[site]`.
"""
