"""From the bytes of a file to rows of text: encoding and delimiter are detected, bad lines are named.

A file is UTF-8 (with or without a mark), UTF-16 with a mark, or else what Windows programs write. In a
file that is UTF-8 for the most part, a line that is not is skipped and named, never guessed.
"""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from contract.problems import InvalidError

DELIMITERS = (",", ";", "\t", "|")
MAX_PROBLEMS = 100
MAX_LINE = 1024 * 1024
PIECE = 64 * 1024
NOT_WINDOWS = bytes((0x81, 0x8D, 0x8F, 0x90, 0x9D))
"""What no program for Windows writes in its own encoding."""


@dataclass(slots=True)
class Problems:
    """Reasons by line, the first hundred of them in words."""

    words: list[str] = field(default_factory=list)

    def add(self, line: int, reason: str) -> None:
        if len(self.words) < MAX_PROBLEMS:
            self.words.append(f"line {line}: {reason}")


def _raw_lines(file: BinaryIO) -> Iterator[bytes]:
    """Raises `InvalidError` for what has no lines, such as a picture, before it fills the memory."""
    file.seek(0)
    number = 1
    while line := file.readline(MAX_LINE + 1):
        if len(line) > MAX_LINE:
            raise InvalidError(f"line {number}: this cannot be read as CSV (the line is too long)")
        yield line
        number += 1


@dataclass(slots=True)
class _Scan:
    """What the bytes of the whole file say about their encoding."""

    bad: list[int] = field(default_factory=list)
    proves_utf8: bool = False
    fits_windows: bool = True

    def see(self, number: int, line: bytes) -> None:
        if line.isascii():
            return
        try:
            line.decode()
        except UnicodeDecodeError:
            self.bad.append(number)
        else:
            self.proves_utf8 = True
        self.fits_windows &= line.translate(None, NOT_WINDOWS) == line


def _scan(file: BinaryIO) -> _Scan:
    scan = _Scan()
    for number, line in enumerate(_raw_lines(file), start=1):
        if b"\0" in line:
            raise InvalidError("This is not a CSV file: it has bytes that no text has.")
        scan.see(number, line.removeprefix(codecs.BOM_UTF8) if number == 1 else line)
    return scan


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A file whose encoding is known. Lines in `left_out` could not be read and are skipped."""

    file: BinaryIO
    encoding: str
    left_out: frozenset[int] = frozenset()

    def lines(self) -> Iterator[str]:
        """From the beginning, with their ends. A line left out is an empty one, so that numbers stay."""
        for line in self._readable() if self.left_out else self._all():
            yield from line.splitlines(keepends=True)

    def _readable(self) -> Iterator[str]:
        for number, line in enumerate(_raw_lines(self.file), start=1):
            yield "\n" if number in self.left_out else line.decode()

    def _all(self) -> Iterator[str]:
        self.file.seek(0)
        decoder, rest = codecs.getincrementaldecoder(self.encoding)(), ""
        while piece := self.file.read(PIECE):
            *whole, rest = (rest + decoder.decode(piece)).split("\n")
            if len(rest) > MAX_LINE:
                raise InvalidError("This cannot be read as CSV: it has a line without an end.")
            for line in whole:
                yield f"{line}\n"
        yield rest + decoder.decode(b"", final=True)


def open_csv(file: BinaryIO, problems: Problems) -> CsvFile:
    """Find out how to read it. Raises `InvalidError` for what is no text at all."""
    file.seek(0)
    if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        found = CsvFile(file, "utf-16")
        try:
            for _ in found.lines():
                pass
        except UnicodeDecodeError:
            raise InvalidError("This file begins like UTF-16 but is damaged.") from None
        return found
    scan = _scan(file)
    if not scan.bad:
        return CsvFile(file, "utf-8-sig")
    if scan.fits_windows and not scan.proves_utf8:
        return CsvFile(file, "cp1252")
    for number in scan.bad:
        problems.add(number, "this line is not valid UTF-8")
    return CsvFile(file, "utf-8", frozenset(scan.bad))


def _delimiter(header: str) -> str:
    return max(DELIMITERS, key=header.count)


def read_rows(source: CsvFile) -> Iterator[tuple[int, list[str]]]:
    """(number of its first line, cells) of every row that is not empty, the header first.

    Raises `InvalidError` where the file cannot be read on.
    """
    first = next((line for line in source.lines() if line.strip()), "")
    reader = csv.reader(source.lines(), delimiter=_delimiter(first))
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, [cell.strip() for cell in cells]
            begins = reader.line_num + 1
    except csv.Error as error:
        raise InvalidError(f"line {reader.line_num}: this cannot be read as CSV ({error})") from None
