"""Loads a maintainer's script from ``tools/`` for a test."""

import importlib.util
import sys
from pathlib import Path


def load_tool(name):
    path = Path(__file__).resolve().parent.parent / "tools" / f"{name}.py"
    if str(path.parent) not in sys.path:  # as when the script is run
        sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module
