import Bytes
import NDJSON
import StageKit
import XLSX

/// Writes rows of one target as JSON objects.
struct RowToJSON {
    private let header: HeaderRow
    private let keys: KeyTexts
    /// By column: the index of its name, or -1 (no name), or -2 (not read).
    private let places: [Int32]
    private let areaEnd: Int
    private let omitsEmpty: Bool
    private let errors: ErrorCells
    private let is1904: Bool
    private let tail: ProvenanceTail?
    private var isFirst = true
    private(set) var textInNumberCells = 0
    private(set) var serialsWithoutDate = 0

    init(header: HeaderRow, rows: SheetRows, plan: ReadingPlan, is1904: Bool, tail: ProvenanceTail?) {
        self.header = header
        keys = KeyTexts(header.columns.map(\.name))
        areaEnd = rows.area.columns.upperBound
        let known = (header.columns.last?.index ?? -1) + 1
        let hiddenEnd = (rows.reader.hiddenColumns.map(\.upperBound).max() ?? -1) + 1
        var places = (0..<max(known, min(hiddenEnd, XLSXLimits.columnCount)))
            .map { rows.isWanted(column: $0) ? Int32(-1) : -2 }
        for (index, column) in header.columns.enumerated() { places[column.index] = Int32(index) }
        self.places = places
        omitsEmpty = plan.omitsEmpty
        errors = plan.errors
        self.is1904 = is1904
        self.tail = tail
    }

    /// Writes one row. Each key begins with a comma; that of the first becomes the brace.
    /// Throws for an error cell when those are to end the run; the message names the cell only.
    mutating func write(_ row: SheetRow, to room: inout RecordBuffer) throws(StageFailure) {
        let start = room.count
        var next = 0
        for cell in row.cells {
            let column = Int(cell.column)
            let place = column < places.count ? places[column] : column <= areaEnd ? -1 : -2
            if place == -2 { continue }
            // A key, a value that is no text, or a text that needs no escape.
            room.reserve(keys.longest + Int(cell.count) + 64)
            let index = place >= 0 ? Int(place) : header.count(before: column)
            if index > next {
                if !omitsEmpty { writeNulls(next..<index, to: &room) }
                room.reserve(keys.longest + Int(cell.count) + 64)
            }
            if place >= 0 {
                next = index + 1
                keys.append(index, to: &room)
            } else {
                next = index
                JSONKey.append(header.key(forUnnamed: column), to: &room)
                room.reserve(Int(cell.count) + 64)
            }
            switch cell.kind {
            case .text where !cell.isToBeEscaped:
                room.append(reserved: 0x22)
                room.append(reserved: cell.start, count: Int(cell.count))
                room.append(reserved: 0x22)
            case .number:
                writeNumber(cell, to: &room)
            default:
                try write(cell, row: row.number, to: &room)
            }
        }
        if !omitsEmpty { writeNulls(next..<keys.count, to: &room) }
        finish(row.number, from: start, to: &room)
    }

    /// Writes the record of a row that holds nothing.
    mutating func writeBlank(row number: Int, to room: inout RecordBuffer) {
        let start = room.count
        if !omitsEmpty { writeNulls(0..<keys.count, to: &room) }
        finish(number, from: start, to: &room)
    }

    private mutating func finish(_ number: Int, from start: Int, to room: inout RecordBuffer) {
        tail?.append(row: number, isFirst: isFirst, to: &room)
        isFirst = false
        room.reserve(3)
        if room.count == start {
            room.append(reserved: 0x7B)
        } else {
            room.replace(at: start, with: 0x7B)
        }
        room.append(reserved: 0x7D)
        room.append(reserved: 0x0A)
    }

    private func writeNulls(_ range: Range<Int>, to room: inout RecordBuffer) {
        if range.isEmpty { return }
        room.reserve((keys.longest + 4) * range.count)
        for index in range { keys.appendNull(index, to: &room) }
    }

    private mutating func write(_ cell: SheetCell, row: Int, to room: inout RecordBuffer) throws(StageFailure) {
        switch cell.kind {
        case .text:
            writeString(cell.bytes, to: &room)
        case .number: writeNumber(cell, to: &room)
        case .date, .dateTime, .time, .duration: writeMoment(cell, to: &room)
        case .boolean:
            room.append(reserved: cell.bytes.first == 0x31 ? "true" : "false")
        case .error:
            switch errors {
            case .code: writeString(cell.bytes, to: &room)
            case .null: room.append(reserved: "null")
            case .fail:
                let place = CellReference(column: Int(cell.column), row: row).description
                throw .badData("cell \(place): error value \(String(decoding: cell.bytes, as: UTF8.self))")
            }
        case .isoDate:
            cell.isoText().bytes.withUnsafeBytes { writeString($0, to: &room) }
        }
    }

    /// A number as it is; what is no number stays text.
    private mutating func writeNumber(_ cell: SheetCell, to room: inout RecordBuffer) {
        if let end = cell.writeNumber(to: room.place) {
            room.advance(to: end)
        } else {
            textInNumberCells += 1
            writeString(cell.bytes, to: &room)
        }
    }

    /// A date or time in quotes; a number that is none as it is.
    private mutating func writeMoment(_ cell: SheetCell, to room: inout RecordBuffer) {
        let start = room.place
        let (value, end) = cell.writeValue(is1904: is1904, to: start + 1)
        switch value {
        case .temporal:
            start[0] = 0x22
            end[0] = 0x22
            room.advance(to: end + 1)
        case .number, .numberForDate:
            serialsWithoutDate += 1
            room.advance(to: cell.writeValue(is1904: is1904, to: start).end)
        case .notANumber:
            textInNumberCells += 1
            writeString(cell.bytes, to: &room)
        }
    }

    private func writeString(_ bytes: UnsafeRawBufferPointer, to room: inout RecordBuffer) {
        room.reserve(2)
        room.append(reserved: 0x22)
        room.append(escaping: bytes)
        room.reserve(2)
        room.append(reserved: 0x22)
    }
}

extension SheetCell {
    /// True when the text holds what JSON escapes. Here, because only then is it part of the loop.
    fileprivate var isToBeEscaped: Bool { flags & 1 != 0 }
}

/// `,"name":` of each column, ready to copy.
struct KeyTexts {
    private let bytes: [UInt8]
    private let places: [(start: Int, count: Int)]
    let longest: Int
    let count: Int

    init(_ names: [String]) {
        var bytes: [UInt8] = []
        var places: [(start: Int, count: Int)] = []
        for name in names {
            let key = JSONKey.bytes(name)
            places.append((bytes.count, key.count))
            bytes += key
        }
        longest = places.map(\.count).max() ?? 0
        count = names.count
        // Copies read up to 31 bytes behind a key.
        self.bytes = bytes + [UInt8](repeating: 0, count: RecordBuffer.slack)
        self.places = places
    }

    /// Appends a key; `longest` bytes must be reserved.
    @inline(__always)
    func append(_ index: Int, to room: inout RecordBuffer) {
        bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            let place = places[index]
            room.append(reserved: base + place.start, count: place.count)
        }
    }

    @inline(__always)
    func appendNull(_ index: Int, to room: inout RecordBuffer) {
        append(index, to: &room)
        room.append(reserved: "null")
    }
}

/// One key of a record, with the comma in front.
enum JSONKey {
    static func bytes(_ name: String) -> [UInt8] {
        var bytes: [UInt8] = [0x2C]
        JSONText.appendString(name, to: &bytes)
        bytes.append(0x3A)
        return bytes
    }

    static func append(_ name: String, to room: inout RecordBuffer) { room.append(bytes(name)) }
}

/// The reserved keys at the end of a record.
struct ProvenanceTail {
    private let front: [UInt8]
    private let columns: [UInt8]

    init(file: String, sheet: String, header: HeaderRow) {
        var front = JSONKey.bytes("_source_file")
        JSONText.appendString(file, to: &front)
        front += JSONKey.bytes("_source_sheet")
        JSONText.appendString(sheet, to: &front)
        front += JSONKey.bytes("_source_row")
        self.front = front
        let letters = header.columns.map { ($0.name, JSONValue.string(CellReference.letters($0.index))) }
        var object = JSONObject()
        for (name, value) in letters { object[name] = value }
        columns = JSONKey.bytes("_source_columns") + JSONValue.object(object).bytes
    }

    func append(row: Int, isFirst: Bool, to room: inout RecordBuffer) {
        room.append(front)
        room.reserve(20)
        room.append(reservedInteger: row)
        if isFirst { room.append(columns) }
    }
}
