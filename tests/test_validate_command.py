"""The verb `validate` on the command line."""

import csv
import io
import json

from click.testing import CliRunner

from gigawatt.cli import main
from gigawatt.validate import shipped

FINANCE = str(shipped()[0] / "finance.json")


def run(*words):
    return CliRunner().invoke(main, ["validate", *words])


def test_json_rows_and_csv():
    result = run(FINANCE, "--json", "--rows")
    assert result.exit_code == 0
    data = json.loads(result.stdout)
    assert data["families"]["finance"]["within_tolerance"] == len(data["rows"]) == 4
    rows = list(csv.DictReader(io.StringIO(run(FINANCE, "--csv").stdout)))
    assert [r["within"] for r in rows] == ["True"] * 4


def test_terminal_and_page(tmp_path):
    page = tmp_path / "validation.md"
    result = run(FINANCE, "--rows", "--docs", str(page))
    assert result.exit_code == 0 and "finance" in result.stdout and "fin-pwf-esc" in result.stdout
    assert "| finance | 4 | 4 | 4 |" in page.read_text(encoding="utf-8")


def test_what_cannot_be_read_is_two(tmp_path):
    unknown = tmp_path / "mine.csv"
    unknown.write_text("a,b\n1,2\n", encoding="utf-8")
    for words in ((str(unknown),), (str(tmp_path / "none"),), (FINANCE, "--json", "--csv")):
        result = run(*words)
        assert result.exit_code == 2 and result.stderr.startswith("gigawatt: "), words
        assert "Traceback" not in result.output


def test_problems_of_single_lines_are_said_and_the_rest_runs(tmp_path):
    text = (shipped()[0] / "atb_lcoe.csv").read_text(encoding="utf-8").splitlines()
    path = tmp_path / "atb_lcoe.csv"
    path.write_text("\n".join([*text[:3], "atb-x,Nuclear"]), encoding="utf-8")
    result = run(str(path), "--json")
    assert result.exit_code == 0 and "atb_lcoe.csv line 4" in result.stderr
    assert json.loads(result.stdout)["families"]["atb_lcoe"]["within_tolerance"] == 8


def test_without_a_path_from_anywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GIGAWATT_REFERENCE", raising=False)
    result = run("--json")
    assert result.exit_code == 0 and not result.stderr
    families = json.loads(result.stdout)["families"]
    for name in ("atb_lcoe", "capacity_expansion_single_node", "dispatch_fixed_mix", "reliability"):
        assert families[name]["scored"] == families[name]["within_tolerance"] > 0, name
