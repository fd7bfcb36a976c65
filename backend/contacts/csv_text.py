"""From the bytes of a file to rows of text: encoding and delimiter are detected, bad lines are named.

A file is UTF-8 (with or without a mark), UTF-16 with a mark, or else what Windows programs write. In a
file that is UTF-8 for the most part, a line that is not is skipped and named, never guessed.
"""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass, field

from contract.problems import InvalidError

DELIMITERS = (",", ";", "\t", "|")
MAX_PROBLEMS = 100


@dataclass(slots=True)
class Problems:
    """Reasons by line, the first hundred of them in words."""

    words: list[str] = field(default_factory=list)

    def add(self, line: int, reason: str) -> None:
        if len(self.words) < MAX_PROBLEMS:
            self.words.append(f"line {line}: {reason}")


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _decode_lines(data: bytes, problems: Problems) -> tuple[str, int]:
    """(text, lines left out). A line left out stays as an empty one, so that numbers keep their meaning."""
    lines = data.split(b"\n")
    if not any(not line.isascii() and _is_utf8(line) for line in lines):
        try:
            return data.decode("cp1252"), 0
        except UnicodeDecodeError:
            pass
    bad = [number for number, line in enumerate(lines, start=1) if not _is_utf8(line)]
    for number in bad:
        problems.add(number, "this line is not valid UTF-8")
        lines[number - 1] = b""
    return b"\n".join(lines).decode(), len(bad)


def decode(data: bytes, problems: Problems) -> tuple[str, int]:
    """(text, lines that had to be left out). Raises `InvalidError` for what is no text at all."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode("utf-16"), 0
        except UnicodeDecodeError:
            raise InvalidError("This file begins like UTF-16 but is damaged.") from None
    data = data.removeprefix(codecs.BOM_UTF8)
    if b"\0" in data:
        raise InvalidError("This is not a CSV file: it has bytes that no text has.")
    try:
        return data.decode(), 0
    except UnicodeDecodeError:
        return _decode_lines(data, problems)


def _delimiter(header: str) -> str:
    return max(DELIMITERS, key=header.count)


def read_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """(number of its first line, cells) of every row that is not empty, the header first.

    Raises `InvalidError` where the file cannot be read on.
    """
    lines = text.splitlines(keepends=True)
    first = next((line for line in lines if line.strip()), "")
    reader = csv.reader(iter(lines), delimiter=_delimiter(first))
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, [cell.strip() for cell in cells]
            begins = reader.line_num + 1
    except csv.Error as error:
        raise InvalidError(f"line {reader.line_num}: this cannot be read as CSV ({error})") from None
