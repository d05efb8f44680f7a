"""The core needs NumPy alone, and arrows never run from it to `rnnref.explain`."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import rnnref

ROOT = Path(rnnref.__file__).parents[1]
CORE = [path for path in sorted(Path(ROOT, "rnnref").rglob("*.py")) if "explain" not in path.parts]


def dotted(path):
    """Return the name by which a module is imported."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def fresh(code):
    """Run code in a new interpreter, where warnings are errors, and return what it printed."""
    whole = f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}"
    command = [sys.executable, "-I", "-W", "error", "-c", whole]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()


def imported_by(code):
    """Return the modules that appear when code runs."""
    return set(fresh(f"before = set(sys.modules); {code}; print(*set(sys.modules) - before)"))


def test_importing_rnnref_loads_numpy_and_the_standard_library_alone():
    packages = {name.partition(".")[0] for name in imported_by("import rnnref")}
    public = {name for name in packages if not name.startswith("_")}
    assert public - set(sys.stdlib_module_names) == {"numpy", "rnnref"}


def test_importing_every_core_module_never_loads_explain():
    found = imported_by(f"import {', '.join(map(dotted, CORE))}")
    assert not [name for name in found if name.startswith("rnnref.explain")]
    assert set(map(dotted, CORE)) <= found


def names(path):
    """Return the names that a module imports, with relative ones spelled out."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = [*path.parent.relative_to(ROOT).parts, ""]
            base = ".".join(package[: -node.level]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            yield from (f"{module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", CORE, ids=dotted)
def test_a_core_module_names_no_import_outside_numpy_the_library_and_the_core(path):
    core = set(map(dotted, CORE))
    for name in names(path):
        top, _, rest = name.partition(".")
        assert top in {"numpy", "rnnref"} or top in sys.stdlib_module_names, name
        assert top != "rnnref" or f"rnnref.{rest.partition('.')[0]}" in core or rest in vars(rnnref)
        assert not name.startswith("rnnref.explain")


def test_importing_prints_nothing_and_changes_no_global_state_of_numpy():
    state = "np.geterr(), np.random.get_state()[1].tolist()"
    code = f"import numpy as np; before = {state}; import rnnref; print(before == ({state}))"
    assert fresh(code) == ["True"]


def test_the_package_and_its_metadata_say_one_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert rnnref.__version__ == project["version"]


@pytest.mark.parametrize("name", rnnref.__all__)
def test_every_public_name_exists(name):
    assert hasattr(rnnref, name)


def test_the_directives_of_pages_load_matplotlib_with_the_first_drawing_and_not_before():
    found = imported_by("import scripts.kinds, scripts.fonts")
    assert "rnnref.explain.svg" in found
    assert not {"matplotlib", "fontTools"} & found
