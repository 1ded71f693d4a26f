package import Bytes
internal import Glibc

/// A cell with a value, as it lies in the reader's memory.
package struct SheetCell {
    package enum Kind: UInt8, Sendable {
        // The first five have the raw values of NumberFormat.Kind.
        case number
        case date
        case dateTime
        case time
        case duration
        case text
        /// `1` or `0`.
        case boolean
        /// The error's code: `#N/A`.
        case error
        /// ISO 8601 text of a `t="d"` cell.
        case isoDate
    }

    /// The cell's bytes: UTF-8 text, the digits of a number. Valid as long as the row; up to 31 bytes behind them may
    /// be read.
    package let start: UnsafePointer<UInt8>
    package let count: Int32
    /// 0-based.
    package let column: Int16
    package let kind: Kind
    var flags: UInt8

    /// The text holds `"`, `\` or control characters.
    static let needsEscape: UInt8 = 1
    /// The text is still XML.
    static let isEncoded: UInt8 = 2
    /// The text's edges are still to be trimmed.
    static let needsTrim: UInt8 = 4

    init(_ start: Place, _ end: Place, column: Int, kind: Kind, flags: UInt8 = 0) {
        self.start = start
        count = Int32(truncatingIfNeeded: end - start)
        self.column = Int16(truncatingIfNeeded: column)
        self.kind = kind
        self.flags = flags
    }

    var end: UnsafePointer<UInt8> { start + Int(count) }

    /// False when a JSON writer can copy the text as it is.
    package var needsEscape: Bool { flags & Self.needsEscape != 0 }
    package var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: Int(count)) }
}

extension SheetCell {
    /// The same text at another place in memory.
    func moved(to start: Place) -> SheetCell {
        SheetCell(start, start + Int(count), column: Int(column), kind: kind, flags: flags)
    }

    func moved(toColumn column: Int) -> SheetCell { SheetCell(start, end, column: column, kind: kind, flags: flags) }

    /// The cell without what its number format says.
    package var asNumber: SheetCell { SheetCell(start, end, column: Int(column), kind: .number) }
}

/// A row of a sheet, as long as the reader has not gone on to the next.
package struct SheetRow {
    /// 1-based, as Excel shows it.
    package let number: Int
    package let isHidden: Bool
    /// The cells that hold something, from left to right.
    package let cells: UnsafeBufferPointer<SheetCell>
}

extension SheetCell {
    /// No number, date, time or duration takes more bytes.
    package static let valueByteLimit = max(NumberText.byteLimit, SerialDate.byteLimit)

    /// What became of a number cell.
    package enum Value: Sendable {
        case number
        /// A date, time or duration, without quotes.
        case temporal
        /// The cell's style says date, and its number is no day: written as a number.
        case numberForDate
        /// The cell holds no number: nothing was written.
        case notANumber
    }

    /// Appends the value of a cell of the kinds number, date, dateTime, time and duration. Reserve `valueByteLimit`.
    package func appendValue(is1904: Bool, to room: inout ByteRoom) -> Value {
        let first = room.place
        if kind != .number, let kind = NumberFormat.Kind(rawValue: kind.rawValue),
            let last = SerialDate.append(start, end, kind: kind, is1904: is1904, to: first)
        {
            room.advance(to: last)
            return .temporal
        }
        guard let last = NumberText.append(start, end, to: first) else { return .notANumber }
        room.advance(to: last)
        return kind == .number ? .number : .numberForDate
    }
}
