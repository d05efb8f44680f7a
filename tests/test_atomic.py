"""Files and folders are replaced as a whole, whatever happens."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scripts import atomic

ROOT = Path(__file__).parent.parent


@pytest.fixture
def site(tmp_path):
    """A published site of one page."""
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "index.html").write_text("earlier")
    return folder


@pytest.fixture
def staging(site, tmp_path):
    return atomic.Folder(site, tmp_path / "locks")


def build(staging, text="later"):
    fresh = staging.open()
    (fresh / "index.html").write_text(text)
    return fresh


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_published_folder_takes_the_place_of_the_earlier_one(site, staging):
    build(staging)
    staging.publish()
    assert (site / "index.html").read_text() == "later"


def test_the_first_site_needs_no_earlier_one(tmp_path):
    staging = atomic.Folder(tmp_path / "deep" / "site", tmp_path / "locks")
    build(staging)
    staging.publish()
    assert (tmp_path / "deep" / "site" / "index.html").read_text() == "later"


def test_nothing_is_left_beside_a_published_site(site, staging):
    build(staging)
    staging.publish()
    assert names(site.parent) == ["locks", "site"]


def test_a_discarded_build_leaves_the_earlier_site(site, staging):
    build(staging)
    staging.discard()
    assert (site / "index.html").read_text() == "earlier"
    assert names(site.parent) == ["locks", "site"]


def test_files_of_the_earlier_site_do_not_live_on(site, staging):
    (site / "old.html").write_text("old")
    build(staging)
    staging.publish()
    assert names(site) == ["index.html"]


def test_a_build_clears_away_what_an_interrupted_one_left(site, staging):
    staging.fresh.mkdir()
    (staging.fresh / "half.html").write_text("half")
    build(staging)
    staging.publish()
    assert names(site) == ["index.html"]


def test_where_folders_cannot_be_exchanged_two_renames_do(site, staging, monkeypatch):
    monkeypatch.setattr(atomic, "exchange", lambda one, other: False)
    build(staging)
    staging.publish()
    assert (site / "index.html").read_text() == "later"
    assert names(site.parent) == ["locks", "site"]


def test_a_power_cut_between_the_two_renames_is_repaired(site, staging):
    os.rename(site, staging.earlier)
    build(staging)
    assert (site / "index.html").read_text() == "earlier"
    staging.discard()


def test_a_second_build_waits_for_the_first(site, tmp_path, staging):
    build(staging, "first")
    code = (
        "import sys; from scripts.atomic import Folder\n"
        "folder = Folder(*sys.argv[1:])\n"
        "(folder.open() / 'index.html').write_text('second'); folder.publish()"
    )
    command = [sys.executable, "-c", code, str(site), str(tmp_path / "locks")]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as second:
        assert second.stderr.readline().startswith("Waiting for another run to finish")
        assert (staging.fresh / "index.html").read_text() == "first"
        staging.publish()
        second.communicate(timeout=60)
    assert (site / "index.html").read_text() == "second"


SWAPPER = """
import sys; from scripts.atomic import Folder
for round in range(10_000):
    folder = Folder(*sys.argv[1:])
    fresh = folder.open()
    for page in "abc":
        (fresh / f"{page}.html").write_text(str(round))
    folder.publish()
    if not round: print("going", flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGKILL"])
def test_a_killed_build_never_leaves_half_a_site(site, tmp_path, name):
    for delay in (0.0, 0.003, 0.011, 0.02):
        command = [sys.executable, "-c", SWAPPER, str(site), str(tmp_path / "locks")]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            time.sleep(delay)
            process.send_signal(getattr(signal, name))
        if not site.exists():  # only where folders cannot be exchanged in one step
            again = atomic.Folder(site, tmp_path / "locks")
            again.open()
            again.discard()
        assert names(site) == ["a.html", "b.html", "c.html"]
        assert len({path.read_text() for path in site.iterdir()}) == 1


def test_write_makes_folders_and_leaves_nothing_else(tmp_path):
    atomic.write(tmp_path / "a" / "b.txt", "text")
    assert (tmp_path / "a" / "b.txt").read_text() == "text"
    assert names(tmp_path / "a") == ["b.txt"]


def test_a_failed_write_leaves_the_earlier_file(tmp_path):
    path = tmp_path / "b.txt"
    path.write_text("earlier")
    with pytest.raises(TypeError):
        atomic.write(path, 3)
    assert path.read_text() == "earlier"
    assert names(tmp_path) == ["b.txt"]
