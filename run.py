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
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHECKED = ["src", "tests", "tools", "benchmarks", "run.py"]


def packages(extras):
    """Folder holding the core and the extras, installed when the list of requirements is new."""
    import tomllib  # not in older Pythons, which main refuses with a message

    project = tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + [r for e in extras for r in project["optional-dependencies"][e]]
    stamp = hashlib.sha256(repr((sorted(wanted), sys.version_info[:2])).encode()).hexdigest()[:12]
    folder = HERE / ".env" / stamp
    if not folder.exists():
        print(f"Installing {', '.join(wanted)} into {folder.relative_to(HERE)} (once) ...", file=sys.stderr)
        partial = folder.with_name(f"{stamp}.{os.getpid()}")  # renamed when complete: an interrupted one leaves nothing
        pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--root-user-action=ignore"]
        if subprocess.run([*pip, "--target", str(partial), *wanted], stdout=sys.stderr).returncode:
            shutil.rmtree(partial, ignore_errors=True)
            sys.exit("run.py: pip could not install the packages above; is the package index reachable?")
        partial.rename(folder)
        print("Compiling the power solver (once) ...", file=sys.stderr)
        path = os.pathsep.join([str(HERE / "src"), str(folder)])
        compiled = [sys.executable, "-m", "gigawatt.power.compiled"]
        subprocess.run(compiled, env=os.environ | {"PYTHONPATH": path}, stdout=sys.stderr)
    return folder


def extras_for(verb, arguments):
    """What a verb needs beyond the core."""
    if verb == "plan":
        page = any(a.startswith("--report") or a.lower().endswith(".html") for a in arguments)
        book = any(a.lower().endswith(".xlsx") for a in arguments)
        more = [
            extra for ending, extra in ((".pdf", "pdf"), (".nc", "pypsa")) if any(a.endswith(ending) for a in arguments)
        ]
        return ["report"] * (page or "pdf" in more) + ["files"] * book + more
    if verb == "screen":
        asked = ("cluster", "--dask"), ("screen", ".parquet")
        return [extra for extra, sign in asked if any(a.startswith(sign) or a.endswith(sign) for a in arguments)]
    tested = ["test", "web", "postgres", "pdf"]
    extras = {"test": tested, "check": [*tested, "check"], "benchmark": ["test", "benchmark"], "campaign": ["test"]}
    extras |= {"web": ["web", "pdf"]}
    return extras.get(verb, [])


def main(verb, *arguments):
    if sys.version_info < (3, 11):  # noqa: UP036 - the message is for whoever has an older one
        sys.exit(f"run.py: this is Python {sys.version.split()[0]}; Gigawatt needs 3.11 or newer")
    path = [str(HERE / "src"), str(packages(extras_for(verb, arguments))), os.environ.get("PYTHONPATH", "")]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(p for p in path if p)}
    python = [sys.executable, "-m"]
    if verb == "benchmark" and arguments:
        script = HERE / "benchmarks" / f"{arguments[0]}.py"
        if not script.exists():
            known = sorted(p.stem for p in script.parent.glob("*.py") if "__main__" in p.read_text(encoding="utf-8"))
            sys.exit(f"run.py: no benchmark {arguments[0]!r}; there are: {', '.join(known)}")
        # Idle threads of a linear algebra library spin: their CPU time would be counted as that of whoever runs next.
        env |= {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "MKL", "OMP")}
        return subprocess.run([sys.executable, str(script), *arguments[1:]], env=env, cwd=HERE).returncode
    chores = {
        "campaign": [[sys.executable, "tests/power_campaign.py", *arguments]],
        "test": [[*python, "pytest", *arguments]],
        "check": [
            [*python, "ruff", "format", "--check", *CHECKED],
            [*python, "ruff", "check", *CHECKED],
            [*python, "mypy"],
            [sys.executable, "tools/make_docs.py", "--check"],
        ],
    }
    for command in chores.get(verb, [[*python, "gigawatt", verb, *arguments]]):
        if code := subprocess.run(command, env=env, cwd=HERE if verb in chores else None).returncode:
            return code
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(*(sys.argv[1:] or ["--help"])))
    except KeyboardInterrupt:
        sys.exit(130)
