import Bytes
import Compression
import Glibc

@testable import XLSX

// What the fuzzers call with any bytes, and the replay of their findings as well. A finding is a crash, a run that does
// not end, memory beyond the limits, or two roads that both read a part and read it differently.

/// Limits under which no input can take long or much.
private func smallLimits() -> XLSXLimits {
    var limits = XLSXLimits()
    limits.documentBytes = 1 << 20
    limits.partBytes = 1 << 20
    limits.sharedStringBytes = 1 << 20
    limits.rowBytes = 1 << 19
    limits.entryCount = 1000
    limits.directoryBytes = 1 << 20
    limits.sheetCount = 100
    return limits
}

/// A file that holds the bytes and has no name.
private func file(_ bytes: [UInt8]) throws -> WorkbookFile {
    var template = Array("/tmp/sluice-fuzz-XXXXXX".utf8CString)
    let descriptor = OwnedDescriptor(adopting: mkstemp(&template))
    unlink(template)
    try bytes.withUnsafeBytes { try writeAll($0, to: descriptor.number, path: "fuzz") }
    return try WorkbookFile(adopting: descriptor, path: "fuzz")
}

/// A zip with these parts, not compressed.
private func archive(_ parts: [(name: String, content: [UInt8])]) -> [UInt8] {
    var output: [UInt8] = []
    var directory: [UInt8] = []
    func number(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    for part in parts {
        let crc = Int(part.content.withUnsafeBytes { CRC32.of($0) })
        let sizes = number(crc, 4) + number(part.content.count, 4) + number(part.content.count, 4)
        let name = Array(part.name.utf8)
        let common = number(20, 2) + number(0, 2) + number(0, 2) + number(0, 4) + sizes + number(name.count, 2)
        directory += number(0x0201_4B50, 4) + number(20, 2) + common + number(0, 12) + number(output.count, 4) + name
        output += number(0x0403_4B50, 4) + common + number(0, 2) + name + part.content
    }
    let end = number(0x0605_4B50, 4) + number(0, 4) + number(parts.count, 2) + number(parts.count, 2)
    return output + directory + end + number(directory.count, 4) + number(output.count, 4) + number(0, 2)
}

private let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
private let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

/// A workbook with this sheet, these strings and styles.
private func workbook(sheet: [UInt8], strings: [UInt8]? = nil, styles: [UInt8]? = nil) -> [UInt8] {
    let list = "<sheets><sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets>"
    let package = "http://schemas.openxmlformats.org/package/2006/relationships"
    var parts: [(name: String, content: [UInt8])] = [
        ("xl/workbook.xml", Array("<workbook xmlns=\"\(main)\" xmlns:r=\"\(relations)\">\(list)</workbook>".utf8)),
        (
            "xl/_rels/workbook.xml.rels",
            Array(
                ("<Relationships xmlns=\"\(package)\">"
                    + "<Relationship Id=\"r1\" Type=\"\(relations)/worksheet\" Target=\"sheet.xml\"/></Relationships>")
                    .utf8)
        ),
        ("xl/sheet.xml", sheet),
    ]
    if let strings { parts.append(("xl/sharedStrings.xml", strings)) }
    if let styles { parts.append(("xl/styles.xml", styles)) }
    return archive(parts)
}

private let plainStrings = Array("<sst xmlns=\"\(main)\"><si><t>a</t></si><si><t>\"b\"</t></si></sst>".utf8)
private let plainStyles = Array(
    ("<styleSheet xmlns=\"\(main)\"><numFmts><numFmt numFmtId=\"164\" formatCode=\"[&lt;1]h:mm;yyyy\"/></numFmts><cellXfs><xf/>"
        + "<xf numFmtId=\"14\"/><xf numFmtId=\"22\"/><xf numFmtId=\"46\"/><xf numFmtId=\"164\"/><xf numFmtId=\"34\"/></cellXfs>"
        + "</styleSheet>").utf8)

/// All cells of the first sheet as text, or nil when it cannot be read.
private func cells(_ bytes: [UInt8], road: SheetRoad) -> [String]? {
    do {
        let workbook = try Workbook(try file(bytes), limits: smallLimits(), road: road)
        guard let sheet = workbook.sheets.first else { return [] }
        let reader = try workbook.rows(of: sheet)
        var lines: [String] = []
        while let row = try reader.nextRow() {
            var line = "\(row.number) \(row.isHidden)"
            for cell in row.cells {
                let text =
                    cell.kind.rawValue < 5
                    ? cell.valueText(is1904: workbook.is1904).text : String(decoding: cell.bytes, as: UTF8.self)
                line += " \(cell.column) \(cell.kind) \(text)"
            }
            lines.append(line)
        }
        return lines
    } catch {
        return nil
    }
}

private func compareRoads(_ bytes: [UInt8]) {
    let ours = cells(bytes, road: .automatic)
    guard let ours, let reference = cells(bytes, road: .reference) else { return }
    precondition(ours == reference, "the roads differ")
}

/// Any bytes as a zip file: all members are read.
func fuzzZip(_ bytes: [UInt8]) {
    guard let file = try? file(bytes), let archive = try? ZipArchive(file, limits: smallLimits()) else { return }
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)
    defer { block.deallocate() }
    for entry in archive.entries.prefix(20) {
        guard let reader = try? ZipEntryReader(archive, entry, limit: 1 << 20, limitName: "partBytes") else { continue }
        while let count = try? reader.read(into: block), count > 0 {}
    }
    _ = try? Workbook(file, limits: smallLimits())
}

/// Any bytes as the shared strings' part.
func fuzzSharedStrings(_ bytes: [UInt8]) {
    let cells = (0..<20).map { "<c t=\"s\"><v>\($0)</v></c>" }.joined()
    let sheet = "<worksheet xmlns=\"\(main)\"><sheetData><row>\(cells)</row></sheetData></worksheet>"
    compareRoads(workbook(sheet: Array(sheet.utf8), strings: bytes))
}

/// Any bytes as the styles' part, and as a number format.
func fuzzStyles(_ bytes: [UInt8]) {
    let format = NumberFormat(code: String(decoding: bytes, as: UTF8.self))
    for value in [-1.0, 0, 0.5, 1, 43131] { _ = format.kind(of: value) }
    let sheet =
        "<worksheet xmlns=\"\(main)\"><sheetData><row><c s=\"1\"><v>43131.5</v></c></row></sheetData></worksheet>"
    compareRoads(workbook(sheet: Array(sheet.utf8), styles: bytes))
}

/// Any bytes as a sheet's part.
func fuzzSheet(_ bytes: [UInt8]) {
    compareRoads(workbook(sheet: bytes, strings: plainStrings, styles: plainStyles))
}
