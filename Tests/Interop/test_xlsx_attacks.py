"""Workbooks that are made to hurt: xlsx2ndjson refuses them with one line, quickly and in bounded memory."""

import os
import pathlib
import subprocess
import zipfile

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("SLUICE_BIN") or ROOT / ".build" / "release") / "xlsx2ndjson"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
MEGABYTE = 1 << 20

# What a run may take at most, whatever the workbook: the row limit's windows and what an empty program has.
PEAK_MEGABYTES = 160
SECONDS = 60

PARTS = {
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{RELATIONS}/officeDocument" '
                   'Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets><sheet name="S" sheetId="1" r:id="r1"/>'
                       "</sheets></workbook>",
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{RELATIONS}/worksheet" '
                                  'Target="sheet.xml"/></Relationships>',
    "xl/sheet.xml": f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData></worksheet>',
    "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>x</t></si></sst>',
}
SHEET = (f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1" t="str"><v>', "</v></c></row></sheetData></worksheet>")


def filled(front, filler, count, back):
    """A part of `count` times the filler between front and back, piece by piece."""
    yield front.encode()
    piece = (filler * (MEGABYTE // len(filler))).encode()
    for _ in range(count * len(filler) // len(piece)):
        yield piece
    yield back.encode()


def workbook(path, parts):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in {**PARTS, **parts}.items():
            with archive.open(name, "w", force_zip64=False) as member:
                for piece in [content.encode()] if isinstance(content, str) else content:
                    member.write(piece)


def run(path, *options):
    """Status, output, message and peak of a run, by a small parent: the peak of a child begins with its parent's."""
    code = ("import resource, subprocess, sys; d = subprocess.run(sys.argv[1:], capture_output=True);"
            "print(d.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, len(d.stdout));"
            "sys.stdout.write(d.stderr.decode())")
    done = subprocess.run(["python3", "-S", "-E", "-c", code, PROGRAM, path, *options], capture_output=True, text=True,
                          timeout=SECONDS, check=True)
    status, peak, size = map(int, done.stdout.splitlines()[0].split())
    return status, done.stdout.split("\n", 1)[1], peak, size


BOMBS = {
    "a text of 300 MB": ({"xl/sheet.xml": lambda: filled(SHEET[0], "x", 300 * MEGABYTE, SHEET[1])},
                         "xl/sheet.xml: cell A1: larger than the limit rowBytes of 33554432"),
    "300 MB of spaces in a number": ({"xl/sheet.xml": lambda: filled(SHEET[0].replace(' t="str"', ""), " ", 300 * MEGABYTE, SHEET[1])},
                                     "xl/sheet.xml: cell A1: larger than the limit rowBytes of 33554432"),
    "a shared string of 300 MB": ({"xl/sharedStrings.xml": lambda: filled(f'<sst xmlns="{MAIN}"><si><t>', "x", 300 * MEGABYTE, "</t></si></sst>")},
                                  "xl/sharedStrings.xml: larger than the limit expansionRatio of 100"),
    "30,000,000 empty shared strings": ({"xl/sharedStrings.xml": lambda: filled(f'<sst xmlns="{MAIN}">', "<si/>", 30_000_000, "</sst>")},
                                        "xl/sharedStrings.xml: larger than the limit expansionRatio of 100"),
    "a workbook part of 300 MB": ({"xl/workbook.xml": lambda: filled(f'<workbook xmlns="{MAIN}">', "<x/>", 75 * MEGABYTE, "</workbook>")},
                                  "xl/workbook.xml: larger than the limit expansionRatio of 100"),
    "styles of 100 MB": ({"xl/styles.xml": lambda: filled(f'<styleSheet xmlns="{MAIN}"><cellXfs>', "<xf/>", 20 * MEGABYTE, "</cellXfs></styleSheet>")},
                         "xl/styles.xml: larger than the limit expansionRatio of 100"),
    "a cell of 1,000,000 elements": ({"xl/sheet.xml": lambda: filled(SHEET[0].replace("<v>", ""), "<a>", 3_000_000, SHEET[1])},
                                     "xl/sheet.xml: cell A1: it is no well-formed XML *"),
    "a row of 1,000,000 cells": ({"xl/sheet.xml": lambda: filled(SHEET[0].replace('<c r="A1" t="str"><v>', ""), "<c><v>1</v></c>", 1_000_000, "</row></sheetData></worksheet>")},
                                 "xl/sheet.xml: cell XFE1: row 1 has more than 16384 columns"),
    "billion laughs": ({"xl/sharedStrings.xml": lambda: '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)) + f']><sst xmlns="{MAIN}"><si><t>&j;</t></si></sst>'},
        "xl/sharedStrings.xml: refused: it has a DOCTYPE, which workbooks never have"),
    "an external entity": ({"xl/sheet.xml": lambda: '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + SHEET[0] + "&e;" + SHEET[1]},
                           "xl/sheet.xml: refused: it has a DOCTYPE, which workbooks never have"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_with_one_line_in_bounded_memory(name, tmp_path):
    parts, message = BOMBS[name]
    workbook(tmp_path / "bomb.xlsx", {part: make() for part, make in parts.items()})
    status, told, peak, _ = run(tmp_path / "bomb.xlsx", "--header", "none")
    expected = f"xlsx2ndjson: {tmp_path}/bomb.xlsx: {message}\n"
    assert (status, told.count("\n")) == (65, 1), told
    assert told == expected or (message.endswith("*") and told.startswith(expected.rstrip("*\n"))), told
    assert peak < PEAK_MEGABYTES, f"{peak} MB"


def test_spaces_between_rows_cost_time_and_no_memory(tmp_path):
    front, back = SHEET[0].split("<row")[0], "</sheetData></worksheet>"
    workbook(tmp_path / "bomb.xlsx", {"xl/sheet.xml": filled(front, " ", 300 * MEGABYTE, '<row><c><v>1</v></c></row>' + back)})
    status, told, peak, size = run(tmp_path / "bomb.xlsx", "--header", "none")
    assert (status, told, size) == (0, "", len('{"A":1}\n'))
    assert peak < 60, f"{peak} MB"


def test_a_million_columns_of_definitions_are_nothing(tmp_path):
    columns = '<cols><col min="1" max="1000000000" hidden="1"/></cols>'
    workbook(tmp_path / "bomb.xlsx", {"xl/sheet.xml": PARTS["xl/sheet.xml"].replace("<sheetData>", columns + "<sheetData>")})
    assert run(tmp_path / "bomb.xlsx", "--header", "none")[0] == 0
    status, told, peak, size = run(tmp_path / "bomb.xlsx", "--header", "none", "--hidden", "skip")
    assert (status, size) == (0, 0) and peak < 60, told
