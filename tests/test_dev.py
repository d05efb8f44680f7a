"""The one script that sets everything up: quick when nothing changed, repaired after a failure."""

import os
import re
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from scripts import dev

ROOT = Path(__file__).parent.parent
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A project whose installation is only counted."""
    for file in dev.LOCKS:
        (tmp_path / file).write_text("a==1\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    monkeypatch.setattr(dev.importlib.util, "find_spec", lambda name: None)  # no pip: quicker
    installed = []
    monkeypatch.setattr(dev, "install", lambda root, python: installed.append(python))
    return tmp_path, installed


def command(*words):
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "dev.py"), *words], capture_output=True, text=True
    )


def test_help_names_every_command():
    done = command("--help")
    assert done.returncode == 0
    assert re.findall(r"dev\.py (\w+)  ", done.stdout) == ["serve", "test", "build", "lock"]


@pytest.mark.parametrize("name", ["serve", "test", "build", "lock"])
@pytest.mark.parametrize("word", ["-h", "--help"])
def test_help_of_a_command_installs_nothing(root, monkeypatch, capsys, name, word):
    monkeypatch.setattr(dev, "ROOT", root[0])
    monkeypatch.setattr(dev, "environment", lambda folder: pytest.fail("it makes an environment"))
    assert dev.main([name, "--strict", word]) == 0
    assert capsys.readouterr().out.startswith(f"{name}: {getattr(dev, name).__doc__[:20]}")


def test_an_unknown_command_is_one_sentence():
    done = command("sevre")
    assert done.returncode == 1
    assert done.stderr == "There is no command 'sevre'; there are serve, build, test, lock.\n"


def test_an_old_python_is_told_so(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 10, 1))
    with pytest.raises(dev.StopError, match=r"needs Python 3.11 or newer, and this is Python 3.10"):
        dev.main(["test"])


def test_the_script_imports_the_standard_library_only():
    code = "import sys; sys.path.insert(0, sys.argv[1]); import scripts.dev, scripts.atomic"
    subprocess.run([sys.executable, "-I", "-S", "-c", code, str(ROOT)], check=True)


def test_the_first_run_installs_and_the_second_does_not(root):
    folder, installed = root
    python = dev.ready(folder)
    assert subprocess.run([python, "-c", "pass"]).returncode == 0
    assert dev.ready(folder) == python
    assert installed == [python]


@pytest.mark.parametrize("name", ["requirements.lock", "pyproject.toml"])
def test_a_changed_lock_or_project_file_installs_again(root, name):
    folder, installed = root
    dev.ready(folder)
    (folder / name).write_text("changed")
    dev.ready(folder)
    assert len(installed) == 2


def test_an_interrupted_installation_is_repaired_by_the_next_run(root, monkeypatch):
    folder, installed = root
    count = dev.install

    def interrupted(root, python):
        raise KeyboardInterrupt

    monkeypatch.setattr(dev, "install", interrupted)
    with pytest.raises(KeyboardInterrupt):
        dev.ready(folder)
    monkeypatch.setattr(dev, "install", count)
    dev.ready(folder)
    assert len(installed) == 1


def test_an_interrupted_update_does_not_count_as_done(root, monkeypatch):
    folder, installed = root
    dev.ready(folder)
    (folder / "requirements.lock").write_text("a==2\n")
    monkeypatch.setattr(dev, "environment", lambda folder: sys.exit("interrupted"))
    with pytest.raises(SystemExit):
        dev.ready(folder)
    (folder / "requirements.lock").write_text("a==1\n")
    with pytest.raises(SystemExit):
        dev.ready(folder)


def test_a_broken_environment_is_made_again(root):
    folder, installed = root
    python = Path(dev.ready(folder))
    python.unlink()
    python.write_text("no program")
    (folder / ".venv" / dev.STAMP).unlink()
    dev.ready(folder)
    assert subprocess.run([python, "-c", "pass"]).returncode == 0


def test_without_a_pip_of_its_own_the_environment_is_filled_by_ours(root):
    folder, _ = root
    python = dev.environment(folder / "env")
    assert dev.pip(python)[:5] == [sys.executable, "-m", "pip", "--python", python]


def test_without_any_pip_the_cure_is_named(monkeypatch):
    failed = subprocess.CompletedProcess([], 1)
    monkeypatch.setattr(subprocess, "run", lambda *words, **options: failed)
    with pytest.raises(dev.StopError, match="no pip for this Python; install it"):
        dev.pip("python")


def test_a_failed_installation_says_what_to_do(monkeypatch):
    monkeypatch.setattr(
        dev, "pip", lambda python: [sys.executable, "-c", "import sys; sys.exit(1)"]
    )
    with pytest.raises(dev.StopError, match="run the same command again"):
        dev.install(ROOT, sys.executable)


def test_a_port_in_use_is_passed_over(monkeypatch):
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        monkeypatch.setattr(dev, "PORTS", range(port, port + 50))
        assert dev.free_port() > port
        monkeypatch.setattr(dev, "PORTS", range(port, port + 1))
        with pytest.raises(dev.StopError, match="are all in use"):
            dev.free_port()


def test_every_failure_of_a_check_fails_the_test_command(monkeypatch):
    codes = iter([0, 1, 0, 0])
    monkeypatch.setattr(dev, "ready", lambda root: "python")
    monkeypatch.setattr(dev, "run", lambda command: next(codes))
    assert dev.test([]) == 1
    assert next(codes, None) is None


def test_slow_tests_run_on_demand_alone(monkeypatch):
    monkeypatch.setattr(dev, "ready", lambda root: "python")
    monkeypatch.setenv("HYPOTHESIS_PROFILE", "law")
    seen = []
    monkeypatch.setattr(dev, "run", lambda command: seen.append(command) or 0)
    dev.test(["-k", "lstm"])
    dev.test(["--slow", "-k", "lstm"])
    ordinary, slow = (command for command in seen if "pytest" in command)
    assert ordinary[-2:] == ["-k", "lstm"] and "-m" not in ordinary[3:]
    assert slow[-4:] == ["-m", "", "-k", "lstm"]
    assert os.environ["HYPOTHESIS_PROFILE"] == "slow"


def requirements():
    """Return name -> list of pinned lines of the lock file."""
    found = {}
    for block in re.findall(r"^[a-z0-9].*(?:\n {4}--hash.*)*", LOCK, re.M):
        found.setdefault(block.partition("==")[0], []).append(block)
    return found


def test_every_locked_package_is_pinned_and_hashed():
    for name, blocks in requirements().items():
        for block in blocks:
            assert re.match(rf"{name}==\S+( ; .*)? \\\n    --hash=sha256:[0-9a-f]{{64}}", block)


def test_the_lock_names_no_host():
    assert "://" not in LOCK


def test_the_lock_holds_what_the_project_asks_for():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for wanted in [*project["dependencies"], *extras["site"], *extras["test"]]:
        name, _, exact = wanted.partition("==")
        name = re.match(r"[\w-]+", name)[0]
        assert name in requirements()
        assert not exact or f"{name}=={exact}" in LOCK


def test_the_lock_fits_old_and_new_python():
    assert [re.search("< '3.12'|>= '3.12'", b)[0] for b in requirements()["numpy"]] == [
        "< '3.12'",
        ">= '3.12'",
    ]
