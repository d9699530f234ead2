"""Gathers the texts of the web app and brings the catalogues up to date: ``python3 tools/make_catalogue.py``.

Texts come from ``t``, ``tn`` and ``N_`` in Python and templates (babel's extractors), and from the labels of figures.
A text that is new gets an empty translation and is listed; one that is gone is dropped. ``--check`` changes nothing.

Sentences of the report are in a catalogue of their own, ``report.po``, with places for what changes
(``web/retell.py``). They stand in no call, so they are added by hand; here both languages are given the same sentences,
in order, and ``--report PLACE...`` lists what pages of these places still say in English.
"""

import ast
import io
import sys
from pathlib import Path

from babel.messages import pofile
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "src" / "gigawatt" / "web"
LANGUAGES = ("en", "fr", "uk")
REPORT = "Sentences of the report, with places for what changes from plan to plan. The English text is the key."
KEYWORDS = {"t": None, "tn": (1, 2), "N_": None}
OPTIONS = {"templates/**.html": {"trimmed": "true", "encoding": "utf-8"}}


def in_python(file, keywords, comment_tags, options):
    """babel's extraction method for Python: literal texts only, so that ``t(NAMES[key])`` is no text ``key``."""
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            texts = [a.value for a in node.args[:2] if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            plural = name == "tn"
            if name in keywords and len(texts) >= 1 + plural:
                yield node.lineno, name, tuple(texts) if plural else texts[0], []


def messages():
    """Every text of the web app: text, or (one, many), to the files it is in."""
    found = {}
    methods = [("**.py", in_python), ("templates/**.html", "jinja2.ext:babel_extract")]
    rows = extract_from_dir(str(WEB), methods, OPTIONS, KEYWORDS)
    for name, _line, text, _comments, _context in rows:
        found.setdefault(text, []).append(name)
    from gigawatt.figures import FIGURES

    for spec in FIGURES.values():
        found.setdefault(spec.label, []).append("../figures.py")
    return found


def path_of(code):
    return WEB / "locale" / code / "LC_MESSAGES" / "web.po"


def catalogue(code):
    """The catalogue of a language as it stands."""
    return pofile.read_po(io.BytesIO(path_of(code).read_bytes()), locale=code)


def updated(code, texts):
    """The catalogue with today's texts and the translations there are."""
    old = catalogue(code)
    new = Catalog(locale=code, fuzzy=False)
    for text in sorted(texts, key=str):
        known = old.get(text if isinstance(text, str) else text[0])
        string = known.string if known is not None and isinstance(known.id, tuple) == isinstance(text, tuple) else None
        new.add(text, string, locations=[(name, None) for name in sorted(set(texts[text]))])
    return new


def head(code, made):
    """Head of a catalogue's file."""
    lines = (f"Language: {code}", "Content-Type: text/plain; charset=utf-8", f"Plural-Forms: {made.plural_forms}")
    said = "".join(f'"{line}\\n"\n' for line in lines)
    return f'# Texts of the web app. The English text is the key.\nmsgid ""\nmsgstr ""\n{said}\n'


def text_of(code, texts):
    """A catalogue as the text of its file."""
    out, made = io.BytesIO(), updated(code, texts)
    pofile.write_po(out, made, width=110, omit_header=True, include_lineno=False)
    return head(code, made) + out.getvalue().decode("utf-8").strip() + "\n"


def missing(code, texts):
    """Texts without a translation; English needs none."""
    known = catalogue(code)
    out = []
    for text in texts:
        found = known.get(text if isinstance(text, str) else text[0])
        strings = () if found is None else found.string if isinstance(found.string, tuple) else (found.string,)
        if code != "en" and (not strings or not all(strings)):
            out.append(text)
    return out


def unused(code, texts):
    """Translations of texts that are not in the app."""
    return [m.id for m in catalogue(code) if m.id and m.id not in texts]


def sentences(code):
    """Path and catalogue of the report's sentences in a language."""
    path = path_of(code).with_name("report.po")
    return path, pofile.read_po(io.BytesIO(path.read_bytes()), locale=code)


def report(check):
    """Bring the catalogues of the report to the same sentences; list those without a translation."""
    books = {code: sentences(code) for code in LANGUAGES if code != "en"}
    keys = sorted({str(m.id) for _, book in books.values() for m in book if m.id})
    for code, (path, book) in books.items():
        new = Catalog(locale=code, fuzzy=False)
        for key in keys:
            known = book.get(key)
            new.add(key, known.string if known else "")
            if not known or not known.string:
                print(f"{code}: no translation: {key!r}")
        out = io.BytesIO()
        pofile.write_po(out, new, width=110, omit_header=True)
        said = "".join(f'"{line}\\n"\n' for line in (f"Language: {code}", "Content-Type: text/plain; charset=utf-8"))
        text = f'# {REPORT}\nmsgid ""\nmsgstr ""\n{said}\n{out.getvalue().decode("utf-8").strip()}\n'
        if not check:
            path.write_text(text, encoding="utf-8")


def left(places):
    """Print what the report of some places still says in English on French and Ukrainian pages."""
    from gigawatt import plan, read_scenario
    from gigawatt.web.pages.plan import sections_of
    from gigawatt.web.retell import untold

    found = {}
    for place in places:
        for _, title, body in sections_of(plan(read_scenario({"place": place}))):
            for code in ("fr", "uk"):
                found |= {(code, title, text): None for text in untold(code, body)}
    for code, title, text in found:
        print(f"{code}: {title}: {text}")
    return 0


def main(check):
    report(check)
    texts = messages()
    for code in LANGUAGES:
        if not check:
            path_of(code).write_text(text_of(code, texts), encoding="utf-8")
        for text in missing(code, texts):
            print(f"{code}: no translation: {text!r}")
        for text in unused(code, texts):
            print(f"{code}: unused: {text!r}")
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "src"))
    if sys.argv[1:2] == ["--report"]:
        sys.exit(left(sys.argv[2:]))
    sys.exit(main("--check" in sys.argv[1:]))
