"""Build the site once more in another language, from the one configuration file."""

from pathlib import Path

from mkdocs.commands import build as commands
from mkdocs.config.base import load_config
from mkdocs.exceptions import PluginError
from mkdocs.utils.yaml import yaml_load


def build(config, lang, serving):
    """Build one further language from the same configuration file.

    Parameters
    ----------
    config : mkdocs configuration of the root build
    lang : str
    serving : bool
        Under `mkdocs serve`.
    """
    with open(config.config_file_path, encoding="utf-8") as file:
        raw = yaml_load(file)
    own = raw["extra"]["languages"][lang]
    child = load_config(
        config.config_file_path,
        docs_dir=str(Path(config.docs_dir).with_name(lang)),
        site_dir=str(Path(config.site_dir) / own["path"]),
        site_url=config.site_url.rstrip("/") + "/" + own["path"],
        site_name=own["site_name"],
        site_description=own["site_description"],
        nav=translated(raw["nav"], own["nav"], lang),
        theme={**raw["theme"], "language": lang},
        extra={**raw["extra"], "lang": lang, "scope": ".."},  # one memory for the palette
        strict=False,  # the root build counts these warnings too, and aborts at its end
    )
    child.plugins.on_startup(command="serve" if serving else "build", dirty=False)
    try:
        commands.build(child)
    finally:
        child.plugins.on_shutdown()


def translated(nav, titles, lang):
    """Return the navigation with the titles of another language; sections go by their own title."""
    found = []
    for title, inside in (pair for entry in nav for pair in entry.items()):
        name = inside if isinstance(inside, str) else title
        if name not in titles:
            there = f"extra.languages.{lang}.nav"
            raise PluginError(f"mkdocs.yml: nav has {name}, but {there} gives it no title: add one")
        below = inside if isinstance(inside, str) else translated(inside, titles, lang)
        found.append({titles[name]: below})
    return found
