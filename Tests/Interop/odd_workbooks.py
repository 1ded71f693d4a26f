"""Workbooks as no careful program writes them and as people send them all the same, with what they hold."""

import struct
import zipfile
import zlib

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
CONTENT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
STRICT = {MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main", RELATIONS: "http://purl.oclc.org/ooxml/officeDocument/relationships"}


class Odd:
    """One workbook: its parts, what its cells are (`"A1"` or `"Sheet!A1"` to JSON value), what to be warned of, and which
    other readers read it otherwise and why."""

    def __init__(self, name, parts, cells, *, warnings=(), others=None, refused=None, pack=None):
        self.name, self.parts, self.warnings = name, parts, set(warnings)
        self.cells = {key if "!" in key else f"Sheet1!{key}": value for key, value in cells.items()}
        self.others, self.refused, self.pack = others or {}, refused, pack

    def write(self, path):
        (self.pack or write_zip)(path, self.parts)


def write_zip(path, parts):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            # zipfile would make slashes of what is to stay a backslash.
            info = zipfile.ZipInfo("x")
            info.filename = name
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)


def relationships(*lines):
    """Lines of identifier, kind (or a whole type) and target."""
    made = "".join(
        f'<Relationship Id="{identifier}" Type="{kind if ":" in kind else f"{RELATIONS}/{kind}"}" Target="{target}"/>'
        for identifier, kind, target in lines)
    return f'<Relationships xmlns="{PACKAGE}">{made}</Relationships>'


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def styles(*codes, built_in=()):
    """Style 0 is General; then one per code, then one per built-in number."""
    formats = "".join(f'<numFmt numFmtId="{164 + place}" formatCode="{escaped(code)}"/>' for place, code in enumerate(codes))
    cells = "".join(f'<xf numFmtId="{number}"/>' for number in [0, *range(164, 164 + len(codes)), *built_in])
    return (f'<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts><fonts><font/></fonts><fills><fill><patternFill/></fill></fills><borders><border/>'
            f"</borders><cellStyleXfs><xf/></cellStyleXfs><cellXfs>{cells}</cellXfs></styleSheet>")


def sheet(rows, before="", after=""):
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<worksheet xmlns="{MAIN}" xmlns:r="{RELATIONS}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def strings(*items):
    """Each is the content of an `<si>`."""
    return f'<sst xmlns="{MAIN}">' + "".join(f"<si>{item}</si>" for item in items) + "</sst>"


def book(*sheets, shared=None, formats=None, properties="", names="", attributes=(), **more):
    """The parts of a workbook whose sheets have these rows, or are these whole parts; `more` replaces parts (`/` for `__`)."""
    listed, related, parts = "", [], {}
    for place, content in enumerate(sheets or ("",), 1):
        state = attributes[place - 1] if place <= len(attributes) else ""
        listed += f'<sheet name="Sheet{place}" sheetId="{place}" {state} r:id="rId{place}"/>'
        related.append((f"rId{place}", "worksheet", f"worksheets/sheet{place}.xml"))
        parts[f"xl/worksheets/sheet{place}.xml"] = content if content.startswith("<?xml") or "<worksheet" in content else sheet(content)
    if shared is not None:
        related.append(("rIdT", "sharedStrings", "sharedStrings.xml"))
        parts["xl/sharedStrings.xml"] = shared if isinstance(shared, str) else strings(*shared)
    if formats is not None:
        related.append(("rIdS", "styles", "styles.xml"))
        parts["xl/styles.xml"] = formats
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{place}.xml" ContentType="{CONTENT}.worksheet+xml"/>' for place in range(1, len(sheets) + 1))
    overrides += "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{CONTENT}.{part}+xml"/>' for part in ("sharedStrings", "styles") if f"xl/{part}.xml" in parts)
    head = {
        "[Content_Types].xml": f'<Types xmlns="{TYPES}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                               f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{CONTENT}.sheet.main+xml"/>'
                               f"{overrides}</Types>",
        "_rels/.rels": relationships(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{properties}<sheets>{listed}</sheets>{names}</workbook>',
        "xl/_rels/workbook.xml.rels": relationships(*related),
    }
    return {**head, **parts, **{name.replace("__", "/"): content for name, content in more.items()}}


def one_row(*cells):
    return f'<row r="1">{"".join(cells)}</row>'


def renamed(parts, change):
    return {change(name): content for name, content in parts.items()}


def replaced(parts, old, new):
    return {name: content.replace(old, new) for name, content in parts.items()}


def without(parts, *names):
    return {name: content for name, content in parts.items() if name not in names}


def strict(parts):
    for old, new in STRICT.items():
        parts = replaced(parts, old, new)
    return parts


class RawZip:
    """Packs parts byte by byte, with the oddities that zipfile would not write."""

    def __init__(self, *, prefix=b"", gap=b"", comment=b"", stored=False, descriptor=False, zip64=False, methods=None, local_name=None):
        self.prefix, self.gap, self.comment, self.stored = prefix, gap, comment, stored
        self.descriptor, self.zip64, self.methods, self.local_name = descriptor, zip64, methods or {}, local_name

    def __call__(self, path, parts):
        body, directory = bytearray(self.prefix), bytearray()
        for name, content in parts.items():
            data = content.encode() if isinstance(content, str) else content
            packer = zlib.compressobj(6, zlib.DEFLATED, -15)
            packed = data if self.stored else packer.compress(data) + packer.flush()
            method = self.methods.get(name, 0 if self.stored else 8)
            flags = 8 if self.descriptor else 0
            numbers = (zlib.crc32(data), len(packed), len(data))
            place = len(body) - len(self.prefix)
            local = (self.local_name or name).encode()
            body += struct.pack("<IHHHIIIIHH", 0x04034B50, 20, flags, method, 0x210000, *((0, 0, 0) if self.descriptor else numbers), len(local), 0)
            body += local + packed + (struct.pack("<IIII", 0x08074B50, *numbers) if self.descriptor else b"")
            extra = struct.pack("<HHQQQ", 1, 24, len(data), len(packed), place) if self.zip64 else b""
            wide = (numbers[0], 0xFFFFFFFF, 0xFFFFFFFF) if self.zip64 else numbers
            directory += struct.pack("<IHHHHIIIIHHHHHII", 0x02014B50, 20, 20, flags, method, 0x210000, *wide, len(name.encode()), len(extra),
                                     0, 0, 0, 0, 0xFFFFFFFF if self.zip64 else place)
            directory += name.encode() + extra
        start = len(body) - len(self.prefix)
        body += directory + self.gap
        count, size = len(parts), len(directory)
        if self.zip64:
            end = len(body) - len(self.prefix)
            body += struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, count, count, size, start)
            body += struct.pack("<IIQI", 0x07064B50, 0, end, 1)
            count, size, start = 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF
        body += struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, size, start, len(self.comment)) + self.comment
        path.write_bytes(bytes(body))
