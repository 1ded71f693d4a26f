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
    /// The lowest bit: a JSON writer has to look at the text, since it holds `"`, `\` or control characters. The others
    /// are this library's own.
    package internal(set) var flags: UInt8

    /// The text holds `"`, `\` or control characters.
    static let needsEscape: UInt8 = 1
    /// The text is still XML.
    static let isEncoded: UInt8 = 2
    /// The text's edges are still to be trimmed.
    static let needsTrim: UInt8 = 4
    /// The text is that of a shared string whose number is in `count`.
    static let isNumbered: UInt8 = 8

    init(_ start: Place, _ end: Place, column: Int, kind: Kind, flags: UInt8 = 0) {
        self.start = start
        count = Int32(truncatingIfNeeded: end - start)
        self.column = Int16(truncatingIfNeeded: column)
        self.kind = kind
        self.flags = flags
    }

    var end: UnsafePointer<UInt8> { start + Int(count) }

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

    /// Writes the value of a cell of the kinds number, date, dateTime, time and duration, and says where it ends. There
    /// must be room for `valueByteLimit` bytes.
    package func writeValue(
        is1904: Bool, to room: UnsafeMutablePointer<UInt8>
    ) -> (value: Value, end: UnsafeMutablePointer<UInt8>) {
        let shown: NumberFormat.Kind? =
            switch kind {
            case .date: .date
            case .dateTime: .dateTime
            case .time: .time
            case .duration: .duration
            default: nil
            }
        if let shown, let end = SerialDate.append(start, end, kind: shown, is1904: is1904, to: room) {
            return (.temporal, end)
        }
        guard let end = NumberText.append(start, end, to: room) else { return (.notANumber, room) }
        return (shown == nil ? .number : .numberForDate, end)
    }

    /// Writes the value of a cell of the kind number and says where it ends; nil when it holds no number. There must be
    /// room for `valueByteLimit` bytes.
    package func writeNumber(to room: UnsafeMutablePointer<UInt8>) -> UnsafeMutablePointer<UInt8>? {
        NumberText.append(start, end, to: room)
    }

    /// The value of a cell of those kinds as text.
    package func valueText(is1904: Bool) -> (value: Value, text: String) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.valueByteLimit) { buffer in
            guard let base = buffer.baseAddress else { return (.notANumber, "") }
            let (value, end) = writeValue(is1904: is1904, to: base)
            return (value, String(decoding: UnsafeBufferPointer(start: base, count: end - base), as: UTF8.self))
        }
    }
}
