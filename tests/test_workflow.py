"""What runs on every change is the README's own command, with actions pinned by commit."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
USES = re.compile(r"uses: +\S+?@[0-9a-f]{40} # v\d+\.\d+\.\d+$")


def test_there_is_a_workflow():
    assert WORKFLOWS


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_by_a_full_commit_with_its_version(path):
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if "uses:" in line]
    assert lines and [line for line in lines if not USES.search(line)] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_rights_are_given_job_by_job(path):
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {}
    assert all("permissions" in job for job in workflow["jobs"].values())


def test_the_workflow_runs_what_anybody_can_run():
    assert any("run: .ci/run\n" in path.read_text(encoding="utf-8") for path in WORKFLOWS)


def test_ci_runs_the_test_command_of_the_readme():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "scripts/dev.py test" in script and "export CI=true" in script
    assert "python scripts/dev.py test" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.skipif(os.name == "nt", reason="CI runs on Linux")
def test_the_ci_script_is_executable_and_sound():
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    subprocess.run([shutil.which("bash"), "-n", ROOT / ".ci" / "run"], check=True)
