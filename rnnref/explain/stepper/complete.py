"""Hold the stages of a stepper against the code: nothing that is computed may be left out."""

from ..svg import FigureError


def require_all(cell, graph, made):
    """Stop where a value, a wire or a derivative of the code is in no stage, or is in two.

    Parameters
    ----------
    cell : Cell
    graph : Graph
        Of one step.
    made : dict of str to Registers
        As `data.recorded` returns them.

    Raises
    ------
    FigureError
    """
    computed = {name for name, box in graph.boxes.items() if box.kind != "input"}
    reached = {wire.dst for wire in graph.wires}
    _same(f"forward, {cell.name}: boxes", computed, [b for s in cell.ahead for b in s.boxes])
    _same(f"backward, {cell.name}: boxes", reached, [b for s in cell.back for b in s.boxes])
    for way, stages in (("ahead", cell.ahead), ("back", cell.back)):
        named = {node.name for node in made[way].nodes if node.name and node.op != "in"}
        fields = dict.fromkeys(field for stage in stages for field in stage.fields)
        _same(f"{way}, {cell.name}: equations", named, list(fields))


def _same(what, code, stages):
    twice = {name for name in stages if stages.count(name) > 1}
    for names, why in (
        (code - set(stages), "are in no stage of the stepper"),
        (set(stages) - code, "are in a stage, but not in the code"),
        (twice, "are in two stages"),
    ):
        if names:
            raise FigureError(f"{what} {why}: {', '.join(sorted(names))}")
