"""Whatever a newcomer types first, from the README, runs."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from gigawatt.cli import main

README = (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    shlex.split(line.split("#")[0].strip())[2:]
    for line in re.findall(r"^ {4}(python3 run\.py .*)$", README, re.MULTILINE)
    if "run.py test" not in line and "run.py web" not in line  # the server runs until it is stopped; tests/test_web_*
]


def test_the_readme_has_its_two_commands():
    assert 'python3 run.py plan France --budget "109 B€" --power "1 GW nuclear"' in README
    assert "python3 run.py test" in README and len(COMMANDS) >= 8


def test_the_commands_of_the_readme_run_in_their_order(tmp_path, monkeypatch):
    pytest.importorskip("plotly")
    monkeypatch.chdir(tmp_path)
    for arguments in COMMANDS:
        result = CliRunner().invoke(main, arguments, catch_exceptions=False)
        assert result.exit_code in (0, 1), f"{arguments}: {result.output}"
        assert result.stdout.strip(), arguments
    assert (tmp_path / "france.html").stat().st_size > 1e6


def test_run_py_is_standard_library_only():
    text = (Path(__file__).resolve().parent.parent / "run.py").read_text(encoding="utf-8")
    imported = set(re.findall(r"^\s*(?:import|from) (\w+)", text, re.MULTILINE))
    assert imported <= {"hashlib", "os", "shutil", "subprocess", "sys", "tomllib", "pathlib"}
