"""The colours of all figures: one for each role, light values here, both schemes in figures.css."""

PALETTE = {
    "forget": "#c2410c",
    "input": "#047857",
    "candidate": "#7c3aed",
    "output": "#1d4ed8",
    "cell": "#935f07",
    "hidden": "#0f766e",
    "data": "#475569",
    "forget-soft": "#fbdccb",
    "input-soft": "#c9ecdc",
    "candidate-soft": "#e4d9fc",
    "output-soft": "#d3defb",
    "cell-soft": "#f3e2bd",
    "hidden-soft": "#c8e8e3",
    "data-soft": "#dbe2ea",
    "negative": "#be185d",
    "text": "#1e293b",
    "muted": "#526074",
    "on": "#ffffff",
    "paper": "#ffffff",
    "panel": "#f1f5f9",
    "rule": "#d5dde7",
    "dim": "#7e8ca0",
}
ROLES = ("forget", "input", "candidate", "output", "cell", "hidden", "data")


def ink(name):
    """Return the paint of a palette name, as a variable with the light colour behind it."""
    return f"var(--rr-{name},{PALETTE[name]})" if name in PALETTE else name
