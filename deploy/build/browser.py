"""Installs Debian's Chromium for the browser tests when that is possible, and says so when it is not."""

from __future__ import annotations

import os
import shutil
import subprocess

NAMES = ("chromium", "chromium-browser", "google-chrome")


def main() -> None:
    """Never fails: the browser tests themselves skip without a browser, or fail where CI=true."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found:
        return
    if not may_install():
        print("== no Chromium here, and it may not be installed: browser tests are skipped (with CI=true they fail).")
        print("   To run them: apt-get install chromium, as root.", flush=True)
        return
    print("== installing Chromium for the browser tests (apt-get install chromium)", flush=True)
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    install = ["apt-get", "-qq", "install", "-y", "--no-install-recommends", "chromium"]
    for command in (["apt-get", "-qq", "update"], install):
        if subprocess.run(command, env=env, check=False, stdout=subprocess.DEVNULL).returncode != 0:
            print(f"   {' '.join(command)} failed: browser tests are skipped (with CI=true they fail).", flush=True)
            return


def may_install() -> bool:
    """True for root on a system with apt."""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get") is not None


if __name__ == "__main__":
    main()
