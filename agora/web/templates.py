"""Jinja: every value is escaped, an unknown name is an error, texts and assets are at hand."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from agora.kernel.i18n import FALLBACK, t, texts
from agora.web.assets import Assets
from agora.web.catalogue import catalogue_url

THEMES = ("light", "dark")


class Templates:
    """Renders the files of ``templates/``.

    In each: ``t(key, …)``, ``asset(path)``, ``modules(folder, …)``, ``locale``, ``theme``, ``catalogue``.
    """

    def __init__(self, folder: Path, assets: Assets) -> None:
        self.assets = assets
        self._environment = Environment(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals.update(asset=assets.url, modules=assets.modules)

    def render(self, name: str, locale: str, theme: str, values: dict[str, Any]) -> str:
        """A whole page. Raises jinja2's errors for a template that is wrong."""
        language = locale if locale in texts().locales else FALLBACK
        template = self._environment.get_template(name)
        return template.render(
            **values,
            t=translator(language),
            locale=language,
            theme=theme if theme in THEMES else "",
            catalogue=catalogue_url(language),
        )


def translator(locale: str) -> Callable[..., str]:
    """``t(key, …)`` for one language."""
    return partial(t, locale)
