"""Run the scripts that the site ships: in Node, or in a browser where there is no Node."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parent.parent / "docs" / "assets" / "js"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def evaluate(expression, data, script="program.js"):
    """Return the value of a JavaScript expression of `data`, with a shipped script loaded.

    Where a machine has neither Node nor a browser the test did not run, and CI fails.
    """
    if node := shutil.which("node"):
        return in_node(node, expression, data, script)
    if path := next(filter(None, map(shutil.which, BROWSERS)), None):
        return in_browser(path, expression, data, script)
    missing = "not run: neither Node nor Chromium on this machine"
    return pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)


def in_node(node, expression, data, script):
    """Load the script as Node does, hand data in and take the value out as JSON."""
    program = (
        f"require({json.dumps(str(SCRIPTS / script))});"
        'const data = JSON.parse(require("fs").readFileSync(0, "utf8"));'
        f"process.stdout.write(JSON.stringify({expression}));"
    )
    done = subprocess.run(
        [node, "-e", program], input=json.dumps(data), capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def in_browser(path, expression, data, script):
    """Load the script in an empty page."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.add_script_tag(path=SCRIPTS / script)
        found = page.evaluate(f"(data) => JSON.stringify({expression})", data)
        browser.close()
        return json.loads(found)
