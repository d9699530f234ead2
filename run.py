#!/usr/bin/env python3
"""Set up once, then hand over: ``python3 run.py plan France``, ``run.py test``, ``run.py check``.

Needs Python 3.11+ with pip and nothing else. Packages go to ``.env/`` beside this file (``pip install --target``),
which works where pip refuses to touch the system and where the ``venv`` module is missing.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
EXTRAS = {"test": ["test"], "check": ["test", "check"], "plan": ["report"]}


def packages(extras):
    """Folder holding the core and the extras, installed when the list of requirements is new."""
    project = tomllib.loads((HERE / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + [r for e in extras for r in project["optional-dependencies"][e]]
    stamp = hashlib.sha256(repr((sorted(wanted), sys.version_info[:2])).encode()).hexdigest()[:12]
    folder = HERE / ".env" / stamp
    if not folder.exists():
        print(f"Installing {', '.join(wanted)} into {folder.relative_to(HERE)} (once) ...", file=sys.stderr)
        partial = folder.with_name(
            f"{stamp}.{os.getpid()}"
        )  # renamed when complete: an interrupted install leaves nothing
        pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--root-user-action=ignore"]
        pip += ["--target", str(partial)]
        if subprocess.run([*pip, *wanted], stdout=sys.stderr).returncode:
            shutil.rmtree(partial, ignore_errors=True)
            sys.exit("run.py: pip could not install the packages above; is the package index reachable?")
        partial.rename(folder)
    return folder


def main(verb, *arguments):
    if sys.version_info < (3, 11):  # noqa: UP036 - the message is for whoever has an older one
        sys.exit(f"run.py: this is Python {sys.version.split()[0]}; Gigawatt needs 3.11 or newer")
    wants_report = verb == "plan" and "--report" in arguments
    extras = EXTRAS.get(verb, []) if verb != "plan" or wants_report else []
    path = [str(HERE / "src"), str(packages(extras))]
    env = os.environ | {"PYTHONPATH": os.pathsep.join([*path, *filter(None, [os.environ.get("PYTHONPATH")])])}
    python = [sys.executable, "-m"]
    commands = {
        "test": [[*python, "pytest", *arguments]],
        "check": [
            [*python, "ruff", "format", "--check", "src", "tests", "tools", "run.py"],
            [*python, "ruff", "check", "src", "tests", "tools", "run.py"],
            [*python, "mypy"],
        ],
    }
    for command in commands.get(verb, [[*python, "gigawatt", verb, *arguments]]):
        cwd = HERE if verb in commands else None
        if code := subprocess.run(command, env=env, cwd=cwd).returncode:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(*(sys.argv[1:] or ["--help"])))
