"""A file of the user as text: compression, encoding, byte order mark, and the CSV rows in it with their lines."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gigawatt.errors import ScenarioError

MAX_BYTES = 200_000_000
GZIP, ZIP, UTF16 = b"\x1f\x8b", b"PK\x03\x04", (b"\xff\xfe", b"\xfe\xff")
DELIMITERS = ",;\t|"
Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class Text:
    """A file as text.

    Attributes
    ----------
    name : str
        File name, for messages. [-]
    text : str
        Content. [-]
    digest : str
        BLAKE2b of the bytes of the file, for provenance. [-]
    notes : tuple of str
        Liberties taken: compression, encoding. [-]
    choice : str
        Which column or area of several is meant, from ``FILE#CHOICE``. [-]
    """

    name: str
    text: str
    digest: str = ""
    notes: tuple[str, ...] = ()
    choice: str = ""

    @property
    def lines(self) -> list[str]:
        """Its lines."""
        return self.text.splitlines()


def bad(name: str, line: int, found: str, expected: str, then: str) -> ScenarioError:
    """The one shape of a problem in a file: ``NAME:LINE: found, expected ...; next step``.

    Parameters
    ----------
    name : str
        File. [-]
    line : int
        Line, from 1. [-]
    found, expected, then : str
        What is there, what should be, what to do. [-]

    Returns
    -------
    ScenarioError
    """
    return ScenarioError(f"{name}:{line}: {found}, expected {expected}; {then}")


def read_bytes(path: Path, what: str) -> bytes:
    """Bytes of a file.

    Parameters
    ----------
    path : Path
        The file. [-]
    what : str
        What it should be, for messages. [-]

    Returns
    -------
    bytes

    Raises
    ------
    ScenarioError
        For a file that is missing, a folder, or too large.
    """
    try:
        if path.is_dir():
            raise ScenarioError(f"{path}: is a folder and cannot be read; expected {what}; name a file in it")
        if path.stat().st_size > MAX_BYTES:
            raise ScenarioError(f"{path}: has {path.stat().st_size / 1e6:.0f} MB; expected at most 200 MB; split it")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or str(error)
        raise ScenarioError(f"{path}: cannot be read ({words}); expected {what}; check the path") from None


def unpacked(data: bytes, name: str, what: str) -> bytes:
    """Bytes without gzip.

    Parameters
    ----------
    data : bytes
        Content as stored. [-]
    name, what : str
        File name and what it should be, for messages. [-]

    Returns
    -------
    bytes

    Raises
    ------
    ScenarioError
        For a damaged or huge archive, and for zip, which may hold several files.
    """
    if data.startswith(ZIP):
        raise ScenarioError(f"{name}: is a zip archive; expected {what}; unpack it and name a file in it")
    if not data.startswith(GZIP):
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            data = packed.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ScenarioError(f"{name}: damaged gzip ({error}); expected {what}; download it again") from None
    if len(data) > MAX_BYTES:
        raise ScenarioError(f"{name}: has over 200 MB when unpacked; expected at most 200 MB; split it")
    return data


def decoded(data: bytes, name: str, what: str, *, other: str | None = None) -> str:
    """Text of the bytes of a file: UTF-8 with or without a byte order mark, or UTF-16 with one.

    Parameters
    ----------
    data : bytes
        Content, gzip or plain. [-]
    name, what : str
        File name and what it should be, for messages. [-]
    other : str, optional
        Encoding to fall back on, one that reads any bytes. [-]

    Returns
    -------
    str

    Raises
    ------
    ScenarioError
        For a file that is empty, binary or in another encoding.
    """
    data = unpacked(data, name, what)
    wide = data[:2] in UTF16
    if not wide and b"\0" in data:
        raise ScenarioError(f"{name}: is a binary file; expected {what}; export it as text")
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        if other is None or wide:
            line = data.count(b"\n", 0, error.start) + 1
            raise ScenarioError(f"{name}:{line}: is not UTF-8 text; expected {what}; save it as UTF-8") from None
        text = data.decode(other)
    if not text.strip():
        raise ScenarioError(f"{name}: is empty; expected {what}; check the path")
    return text


def read_text(path: str | Path, what: str) -> Text:
    """A data file as text; ``FILE#CHOICE`` names one column or area in it.

    Parameters
    ----------
    path : str or Path
        The file, gzip or plain. [-]
    what : str
        What it should be, for messages. [-]

    Returns
    -------
    Text

    Raises
    ------
    ScenarioError
        As `read_bytes`, `unpacked` and `decoded`.
    """
    plain, choice = chosen(Path(path))
    return text_of(read_bytes(plain, what), plain.name, what, choice=choice)


def chosen(path: Path) -> tuple[Path, str]:
    """A path and the choice after ``#``, if there is one that is not part of the name.

    Parameters
    ----------
    path : Path
        As written. [-]

    Returns
    -------
    (Path, str)
    """
    if "#" not in path.name or path.exists():
        return path, ""
    name, _, choice = path.name.rpartition("#")
    return path.with_name(name) if name else path, choice.strip()


def text_of(data: bytes, name: str, what: str, *, choice: str = "") -> Text:
    """Bytes as `Text`; what is not UTF-8 is read as Latin-1, and that is noted: digits are the same in both.

    Parameters
    ----------
    data : bytes
        Content. [-]
    name, what, choice : str
        File name, what it should be, which column of several. [-]

    Returns
    -------
    Text

    Raises
    ------
    ScenarioError
        As `unpacked` and `decoded`.
    """
    notes = ["unpacked from gzip"] if data.startswith(GZIP) else []
    plain = unpacked(data, name, what)
    text = decoded(plain, name, what, other="latin-1")
    if plain[:2] not in UTF16:
        try:
            plain.decode("utf-8")
        except UnicodeDecodeError:
            notes.append("is not UTF-8: letters beyond ASCII were read as Latin-1")
    digest = hashlib.blake2b(data, digest_size=16).hexdigest()
    return Text(name, text, digest, tuple(notes), choice)


def delimiter_of(header: str) -> str:
    """The mark that parts a header into most cells.

    Parameters
    ----------
    header : str
        Line of column names. [-]

    Returns
    -------
    str
    """
    try:
        return max(DELIMITERS, key=lambda mark: len(next(csv.reader([header], delimiter=mark), [])))
    except csv.Error:  # a line beyond all bounds: the reader of its rows says so
        return DELIMITERS[0]


def csv_rows(source: Text, start: int) -> list[Row]:
    """Rows from a header line on, with their lines; blank ones are passed over.

    Parameters
    ----------
    source : Text
        The file. [-]
    start : int
        Index of the header line, from 0. [-]

    Returns
    -------
    list of (line, cells)

    Raises
    ------
    ScenarioError
        Where the text is no CSV.
    """
    lines = source.text.replace("\0", "").splitlines(keepends=True)[start:]
    if not lines:
        return []
    reader = csv.reader(io.StringIO("".join(lines), newline=""), delimiter=delimiter_of(lines[0]))
    try:
        return [(start + reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise bad(
            source.name, start + reader.line_num, f"no CSV ({error})", "one row per line", "save the table as CSV again"
        ) from None


def first_line(source: Text, *starts: str) -> int | None:
    """Index of the first line that starts with one of some words, whatever their case and quotes.

    Parameters
    ----------
    source : Text
        The file. [-]
    *starts : str
        Lower-case beginnings. [-]

    Returns
    -------
    int or None
    """
    return next((i for i, s in enumerate(source.lines) if s.lstrip('"\ufeff ').lower().startswith(starts)), None)


def cell(row: Sequence[str], column: int) -> str:
    """A cell without blanks around it, empty where the row is short.

    Parameters
    ----------
    row : sequence of str
        Cells. [-]
    column : int
        Which, from 0. [-]

    Returns
    -------
    str
    """
    return row[column].strip() if column < len(row) else ""
