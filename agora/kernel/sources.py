"""Where the settings and the data folder come from, for the server and for every command."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agora.kernel.config import Config
from agora.kernel.domain import load_domains
from agora.kernel.settings import Server, all_sections

ROOT = Path(__file__).resolve().parent.parent.parent


def find_config_path(path: Path | None) -> Path | None:
    """The file named, or ``agora.toml`` in the program's folder; None when there is none."""
    if path is None and (ROOT / "agora.toml").is_file():
        return ROOT / "agora.toml"
    return path


def load_config(path: Path | None, flags: Mapping[str, Any] | None = None) -> Config:
    """The settings. Raises SetupError."""
    return Config.load(find_config_path(path), os.environ, flags or {}, all_sections(load_domains()))


def data_folder(config: Config, data: Path | None) -> Path:
    """The data folder: the one named, or the one of the settings."""
    return data or config.folder() / config.get(Server).data
