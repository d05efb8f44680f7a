"""The real site, built once and shared by all test processes, and a browser to look at it."""

import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from scripts import atomic

ROOT = Path(__file__).parent.parent.parent
BROWSERS = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
)
ALONE = "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"  # no name but our own server's is ever resolved


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Build the site as CI does; a second test process waits for the first and uses its result."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder, report = shared / "built-site", shared / "built-site.txt"
    with atomic.lock(shared / "built-site.lock"):
        if not report.exists():
            done = subprocess.run(
                [sys.executable, "-m", "mkdocs", "build", "-d", str(folder)],
                cwd=ROOT,
                env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONUTF8": "1"},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
            )
            report.write_text(done.stdout, encoding="utf-8")
    if not folder.exists():
        pytest.fail(f"the site cannot be built:\n{report.read_text(encoding='utf-8')}", False)
    return folder


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *words):
        pass


@pytest.fixture(scope="session")
def address(site):
    """Serve the site; return its address."""
    handler = functools.partial(Quiet, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="session")
def chromium():
    """Start the system's browser; without one these tests did not run, and CI fails."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        missing = "not run: no Chromium or Chrome on this machine"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    from playwright.sync_api import sync_playwright

    options = ["--no-sandbox", "--disable-gpu", f"--host-resolver-rules={ALONE}"]
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=path, args=options)
        yield browser
        browser.close()


class Visit(NamedTuple):
    """A page in the browser, and what went wrong or out while it was open."""

    page: object
    errors: list
    outside: list


@pytest.fixture
def visit(chromium, address):
    """Return a context manager that opens a page by name in a browser without a memory."""

    @contextmanager
    def opened(name, *, width=1440, base=address, **options):
        context = chromium.new_context(viewport={"width": width, "height": 900}, **options)
        page, errors, outside = context.new_page(), [], []
        page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("requestfailed", lambda r: errors.append(f"{r.url}: {r.failure}"))
        own = base if base.startswith("file:") else address
        page.on("request", lambda r: None if local(r.url, own) else outside.append(r.url))
        try:
            page.goto(base + name)
            yield Visit(page, errors, outside)
        finally:
            context.close()

    return opened


def local(url, own):
    """Say whether a request stays inside the site."""
    return url.startswith((own, "data:", "blob:", "about:"))
