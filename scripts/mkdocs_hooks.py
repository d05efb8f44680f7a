"""Adapter from MkDocs events to the modules beside this file.

The root build is the Chinese site. When it is done, the same configuration is built once more per
further language, into a folder below it, so that each has its own search index and 404 page. All
goes into a fresh folder that takes the place of the site only if nothing at all was wrong.
"""

import logging
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import FileSystemBytecodeCache
from mkdocs.exceptions import PluginError
from mkdocs.plugins import CombinedEvent, event_priority
from mkdocs.structure.files import File, InclusionLevel
from mkdocs.structure.toc import get_toc
from mkdocs.utils import CountHandler

ROOT = Path(__file__).resolve().parent.parent
LOG = logging.getLogger("mkdocs")

# What the events of one build hand on to each other; hooks have no other place to keep it.
serving = False  # under `mkdocs serve`
site = None  # the atomic.Folder
pages = {}  # (language, page) -> (markdown, stash)


def on_startup(command, dirty):
    """Note whether somebody is writing: a half-finished edit may not take the pages away."""
    global serving
    serving = command == "serve"


@event_priority(100)
def on_config(config):
    """Check all pages before anything is written, and send the build into a fresh folder."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    sys.pycache_prefix = str(ROOT / ".cache" / "pycache")  # `serve` watches the source folders
    os.environ["PYTHONPATH"] = str(ROOT)  # kernels of notebooks import this checkout
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small products: more threads only wait
    os.environ["IPYTHONDIR"] = str(ROOT / ".cache" / "ipython")  # and nobody's start-up files
    if is_root(config):
        LOG.setLevel(min(LOG.getEffectiveLevel(), logging.WARNING))  # -q would switch strict off
        prepare(config)
    if serving:
        lenient()
    if plugin := config.plugins.get("mkdocs-jupyter"):
        from scripts import notebooks

        plugin.config["cache_dir"] = notebooks.outputs(config.extra["lang"])
    return config


def is_root(config):
    return config.extra["languages"][config.extra["lang"]]["path"] == ""


def prepare(config):
    """Start the build of all languages."""
    global site, pages
    from scripts import reload

    reload.refresh()
    from scripts import atomic, checked, preflight, search_words
    from scripts.kinds import table
    from scripts.memory import Memory

    search_words.teach()
    languages, root = list(config.extra["languages"]), docs(config).parent
    memory = Memory(root / ".cache" / "pages.json")
    made = {lang: checked.texts(root, lang) for lang in languages}
    pages, problems = preflight.expand_all(
        docs(config), languages, table(root), reload.world(root), memory, made
    )
    memory.save()
    stop_at(problems.values())
    pages |= {place: preflight.apology(problem) for place, problem in problems.items()}
    if config.extra["check_pages"]:
        review(root)
    site = atomic.Folder(config.site_dir, locks=ROOT / ".cache" / "locks")
    config.site_dir = str(site.open())


def review(root):
    """Run the checks of the pages."""
    from scripts import check_pages

    stop_at(map(str, check_pages.check(root)))


def stop_at(problems):
    """Stop a build; `serve` shows the problems and goes on, or its pages would hang."""
    text = "\n".join(problems)
    if text and not serving:
        raise PluginError(text)
    if text:
        LOG.info(f"a build would stop at:\n{text}")


def lenient():
    """Let `serve` go on after warnings: nobody publishes what it shows."""
    for handler in [h for h in LOG.handlers if isinstance(h, CountHandler)]:
        LOG.removeHandler(handler)


def docs(config):
    return Path(config.docs_dir).parent


def told(function, *arguments):
    """Call a function; what it raises about the pages becomes the message of the build."""
    from scripts.expand import PageError

    try:
        return function(*arguments)
    except PageError as error:
        raise PluginError(str(error)) from None


def on_files(files, config):
    """Add the assets that both languages share, and the pages of tests."""
    from scripts import checked

    folder = docs(config) / "assets"
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        uri = f"assets/{path.relative_to(folder).as_posix()}"
        files.append(File.generated(config, uri, abs_src_path=str(path)))
    for uri, text in checked.texts(docs(config).parent, config.extra["lang"]).items():
        beside = InclusionLevel.NOT_IN_NAV
        files.append(File.generated(config, uri, content=text, inclusion=beside))
    return files


def on_nav(nav, config, files):
    """Count the pages of tests to the section of their overview, which alone is in nav."""
    from scripts import checked

    if overview := files.get_file_from_path(checked.OVERVIEW):
        for uri in checked.texts(docs(config).parent, config.extra["lang"]):
            files.get_file_from_path(uri).page.parent = overview.page.parent
    return nav


def on_env(env, config, files):
    """Compile the templates of the theme once for all builds; Jinja compares their sources."""
    folder = ROOT / ".cache" / "templates"
    folder.mkdir(parents=True, exist_ok=True)
    env.bytecode_cache = FileSystemBytecodeCache(str(folder))
    return env


def on_page_markdown(markdown, page, config, files):
    """Hand Markdown the page as it was expanded; a notebook only tells its title."""
    if page.file.src_uri.endswith(".py"):
        from scripts import notebooks

        page.meta = notebooks.meta(page.file.content_string)
        return markdown
    lang, name = config.extra["lang"], page.file.src_uri
    if (lang, name) not in pages:
        raise PluginError(f"docs/{lang}/{name}:1: the page is newer than this build; build again")
    return pages[lang, name][0]


def on_page_content(html, page, config, files):
    """Put what was built into the page and into its table of contents."""
    from scripts import polish
    from scripts.expand import fill, replaced

    if page.file.src_uri.endswith(".py"):
        return polish.content(notebook(html, page, config))
    _, stash = pages[config.extra["lang"], page.file.src_uri]
    html = told(fill, html, stash)
    pending = list(page.toc)
    while pending:
        item = pending.pop()
        item.title = replaced(item.title, stash)
        pending += item.children
    page.present_anchor_ids |= polish.ids(html)
    return polish.content(html)


def notebook(html, page, config):
    """Dress a notebook as a page, and offer it as a file."""
    from rnnref.explain.terms import Lookup
    from scripts import atomic, notebooks

    lang, name = config.extra["lang"], page.file.src_uri
    html, headings = told(notebooks.page, html, f"docs/{lang}/{name}", Lookup(lang))
    page.toc = get_toc(notebooks.nested(headings))
    page.present_anchor_ids = {identifier for _, identifier, _ in headings}
    data = notebooks.download(page.file.content_string)
    atomic.write(Path(config.site_dir) / name.replace(".py", ".ipynb"), data)
    return html


@event_priority(100)
def _before_search(context, page, config, nav):
    """Show search only what it indexes."""
    from scripts import search_words

    page.whole, page.content = page.content, search_words.searchable(page.content)
    return context


@event_priority(-100)
def _after_search(context, page, config, nav):
    """Give the theme the whole page again."""
    page.content = page.whole
    return context


on_page_context = CombinedEvent(_before_search, _after_search)


def on_post_page(output, page, config):
    """Repair what the theme leaves undone."""
    return repaired(output, config)


def on_post_template(output_content, template_name, config):
    """Repair the one page that is made without Markdown."""
    is_page = template_name == "404.html"
    return repaired(output_content, config) if is_page else output_content


def repaired(html, config):
    from scripts import polish

    return polish.page(html, config.extra["languages"][config.extra["lang"]]["words"])


@event_priority(-200)
def on_post_build(config):
    """Build the other languages, check everything, and let the new site take its place."""
    if not is_root(config):
        return
    from scripts import check_site, fonts, languages
    from scripts.memory import Memory

    for lang in config.extra["languages"]:
        if lang != config.extra["lang"]:
            languages.build(config, lang, serving)
    folder, memory = Path(config.site_dir), Memory(docs(config).parent / ".cache" / "built.json")
    fonts.install(folder, [entry["path"] for entry in config.extra["languages"].values()])
    if not serving:
        for problem in check_site.check(folder, urlsplit(config.site_url).path or "/", memory):
            LOG.warning(problem)
        memory.save()
    if any(h.get_counts() for h in LOG.handlers if isinstance(h, CountHandler)):
        return  # MkDocs counts the warnings next, and aborts
    site.publish()
    config.site_dir = str(site.final)


def on_build_error(error):
    """Leave the earlier site as it was."""
    if site:
        site.discard()
