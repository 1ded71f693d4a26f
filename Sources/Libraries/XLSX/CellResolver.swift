/// From a cell's type, style and text to a `SheetCell`: what the attribute `t` means (18.18.11), and which numbers are
/// dates. Both roads use it, so they cannot differ here.
struct CellResolver {
    enum CellType: UInt8 {
        case number
        case shared
        case boolean
        case error
        case formulaText
        case inlineText
        case isoDate

        init(_ name: UnsafeBufferPointer<UInt8>) {
            switch String(decoding: name, as: UTF8.self) {
            case "n", "": self = .number
            case "s": self = .shared
            case "b": self = .boolean
            case "e": self = .error
            case "d": self = .isoDate
            case "inlineStr": self = .inlineText
            default: self = .formulaText
            }
        }
    }

    let strings: SharedStrings
    let styles: Styles

    /// The cell of a value that is decoded and trimmed, except text; nil for an empty one. `flags` go to text cells.
    func cell(
        _ type: CellType, _ start: Place, _ end: Place, column: Int, style: Int, flags: UInt8 = 0,
        missingStrings: inout Int
    ) -> SheetCell? {
        switch type {
        case .number:
            if start == end { return nil }
            return SheetCell(start, end, column: column, kind: kind(style: style, start, end))
        case .shared:
            if start == end { return nil }
            guard let index = Self.index(start, end), index < strings.count else {
                missingStrings += 1
                return nil
            }
            return numbered(index, column: column)
        case .boolean:
            if start == end { return nil }
            guard let value = Self.boolean(start, end) else {
                return SheetCell(start, end, column: column, kind: .text, flags: SheetCell.needsEscape)
            }
            return SheetCell(Self.digit(value), column: column, kind: .boolean)
        case .error:
            if start == end { return nil }
            return SheetCell(start, end, column: column, kind: .error, flags: SheetCell.needsEscape)
        case .isoDate:
            if start == end { return nil }
            return SheetCell(start, end, column: column, kind: .isoDate, flags: SheetCell.needsEscape)
        case .formulaText, .inlineText:
            return SheetCell(start, end, column: column, kind: .text, flags: flags)
        }
    }

    /// The cell of a shared string that exists, by its number. `RowBatch.findStrings` finds the text.
    @inline(__always)
    func numbered(_ index: Int, column: Int) -> SheetCell {
        SheetCell(
            Place(strings.text), Place(strings.text) + index, column: column, kind: .text, flags: SheetCell.isNumbered)
    }

    /// What a number is shown as; the value decides where the style leaves it open.
    @inline(__always)
    func kind(style: Int, _ start: Place, _ end: Place) -> SheetCell.Kind {
        guard style >= 0, style < styles.kinds.count else { return .number }
        let raw = styles.kinds[style]
        if raw == 0 { return .number }
        return SheetCell.Kind(rawValue: raw).flatMap { $0.rawValue < 5 ? $0 : nil } ?? openKind(style, start, end)
    }

    @inline(never)
    private func openKind(_ style: Int, _ start: Place, _ end: Place) -> SheetCell.Kind {
        guard let value = NumberText.value(start, end) else { return .number }
        let kind = styles.kind(ofStyle: style, value: value)
        if kind == .dateOrTime { return value < 1 ? .time : value == value.rounded() ? .date : .dateTime }
        return SheetCell.Kind(rawValue: kind.rawValue) ?? .number
    }

    /// `1` and `0`, other numbers (all but zero are true), `true` and `false` in any case; nil for other text.
    private static func boolean(_ start: Place, _ end: Place) -> Bool? {
        if let number = index(start, end) { return number != 0 }
        switch String(decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self).lowercased() {
        case "true": return true
        case "false": return false
        default: return nil
        }
    }

    private static func index(_ start: Place, _ end: Place) -> Int? {
        var value = 0
        var place = start
        while place < end {
            guard place[0] &- 0x30 < 10, value < 1 << 40 else { return nil }
            value = value * 10 + Int(place[0] - 0x30)
            place += 1
        }
        return value
    }

    /// Text that never moves, for booleans that are spelled out.
    private static func digit(_ value: Bool) -> StaticString { value ? "1" : "0" }
}

extension SheetCell {
    init(_ text: StaticString, column: Int, kind: Kind) {
        self.init(text.utf8Start, text.utf8Start + text.utf8CodeUnitCount, column: column, kind: kind)
    }
}
