"""What the script of a stepper reads: programs, the numbers of the running example, the stages."""

from ... import examples
from .. import catalog
from ..program import Registers
from ..terms import symbols
from . import arithmetic

GOAL = "stepper.half_squared"
WAYS = ("ahead", "back")


def entries(cell):
    """Return the catalogue names of a step, there and back."""
    return dict(zip(WAYS, (f"{cell.name}.step", f"{cell.name}.step_backward"), strict=True))


def recorded(cell, film):
    """Return the registers of a step, of its way back and of the loss.

    They are recorded at the last step of the running example; any step would do.
    """
    step = film.ahead[-1]
    read = {name: step[name] for name in ("x", *(f"{s}_prev" for s in cell.states), "p")}
    arriving = {name: film.back[-1][name] for name in cell.carry}
    back = arriving | read | {"s": cell.module.step(**read)}
    goal = {"h": step["h"], "target": examples.TARGET}
    names = entries(cell) | {"goal": GOAL}
    values = {"ahead": read, "back": back, "goal": goal}
    return {way: Registers(catalog.entry(name).trace(values[way])) for way, name in names.items()}


def data(cell, made, film):
    """Return everything as one dictionary for JSON."""
    return {
        "cell": {way: found.program._asdict() for way, found in made.items()}
        | {"states": list(cell.states), "carry": cell.carry},
        "given": given(cell, made["ahead"], film),
        "gates": dict(cell.gates),
        "roles": roles(cell, made),
        "loss": loss(made["goal"]),
        "stages": {way: [stage(entry, made[way]) for entry in getattr(cell, way)] for way in WAYS},
    }


def given(cell, ahead, film):
    """Return the numbers of the running example that go into a run."""
    nodes = [node for node in ahead.nodes if node.op == "in" and node.name[0] in "WUb"]
    first = film.ahead[0]
    return {
        "x": examples.X[0].tolist(),
        **{state: first[f"{state}_prev"][0].tolist() for state in cell.states},
        "target": examples.TARGET[0].tolist(),
        "params": {node.name: node.value.tolist() for node in nodes},
    }


def roles(cell, made):
    """Return the colour of each named value that has one."""
    known = symbols(f"{cell.name}-backward")
    names = [name for found in made.values() for name in found.program.names if name in known]
    colours = {name: known[name].role or _by(name, known) for name in names}
    return {name: role for name, role in colours.items() if role}


def _by(name, known):
    """Return the colour of that by which a derivative is."""
    source = known.get(name[1:])
    return source.role if source and name[0] == "d" else ""


def loss(goal):
    """Return the arithmetic of the loss and of its derivative."""
    return {name: arithmetic.line(_node(name, goal), goal) for name in ("L", "dh")}


def stage(entry, registers):
    """Return one stage: what lights up, what is read out, and its arithmetic."""
    lines = entry.fields if entry.lines is None else entry.lines
    return {
        "key": entry.key,
        "fields": entry.fields,
        "boxes": entry.boxes,
        "lights": entry.lights,
        "numbers": entry.numbers,
        "lines": {name: arithmetic.line(_node(name, registers), registers) for name in lines},
    }


def _node(name, registers):
    return registers.nodes[registers.program.names[name]]
