internal import Glibc

/// The cells that are not of the common shapes, byte by byte.
extension SheetScanner {
    /// Bytes of the longest tag that is looked for: less left in the window may be a cut one.
    private static let tagByteCount = 32

    /// Any `<c ...>...</c>` that a spreadsheet writes; white space between cells.
    mutating func anyCell(_ start: Place, _ end: Place, rowNumber: Int) -> Step {
        var place = start
        while CellText.isSpace(place[0]) { place += 1 }
        if stands("</row>", at: place) { return .next(place) }
        guard place[0] == 0x3C, place[1] == 0x63, place[2] == 0x20 || place[2] == 0x3E || place[2] == 0x2F else {
            return end - place < 6 ? .needsMore : .unusual
        }
        place += 2
        var column = previousColumn + 1
        var style = 0
        var type = CellResolver.CellType.number
        while true {
            guard place < end else { return .needsMore }
            if place[0] == 0x3E {
                place += 1
                break
            }
            if place[0] == 0x2F {
                guard end - place > 1 else { return .needsMore }
                guard place[1] == 0x3E, column < XLSXLimits.columnCount else { return .unusual }
                pass(column: column)
                return .next(place + 2)
            }
            if CellText.isSpace(place[0]) {
                place += 1
                continue
            }
            guard let attribute = Attribute(place, end) else { return .needsMore }
            if attribute.isMalformed { return .unusual }
            if attribute.isNamed("r") {
                guard let found = Self.column(attribute.value, attribute.valueEnd, rowNumber: rowNumber),
                    found > previousColumn
                else { return .unusual }
                column = found
            } else if attribute.isNamed("s") {
                guard let number = Self.integer(attribute.value, attribute.valueEnd, limit: 1 << 30) else {
                    return .unusual
                }
                style = number
            } else if attribute.isNamed("t") {
                type = CellResolver.CellType(
                    UnsafeBufferPointer(start: attribute.value, count: attribute.valueEnd - attribute.value))
            }
            place = attribute.next
        }
        guard column < XLSXLimits.columnCount else { return .unusual }
        return content(place, end, type: type, column: column, style: style)
    }

    /// What stands between `<c>` and `</c>`: a formula, a value, inline text.
    private mutating func content(
        _ start: Place, _ end: Place, type: CellResolver.CellType, column: Int, style: Int
    ) -> Step {
        var place = start
        var value: (start: Place, end: Place, flags: UInt8)?
        var hasFormula = false
        var isInline = false
        while true {
            while CellText.isSpace(place[0]) { place += 1 }
            if stands("</c>", at: place) { break }
            if stands("<v/>", at: place), !isInline {
                value = (place, place, 0)
                place += 4
            } else if (stands("<v>", at: place) || stands("<v ", at: place)) && !isInline {
                let step = text(place + 2, end, endTag: "</v>", type: type, &value)
                guard case .next(let next) = step else { return step }
                place = next
            } else if stands("<f", at: place) {
                hasFormula = true
                let step = formula(place, end)
                guard case .next(let next) = step else { return step }
                place = next
            } else if stands("<is/>", at: place), type == .inlineText, value == nil {
                isInline = true
                value = (place, place, 0)
                place += 5
            } else if stands("<is>", at: place), type == .inlineText, value == nil {
                isInline = true
                let step = inline(place + 4, end, &value)
                guard case .next(let next) = step else { return step }
                place = next
            } else {
                return end - place < Self.tagByteCount ? .needsMore : .unusual
            }
        }
        pass(column: column)
        let isEmptyNumber = value.map { $0.start == $0.end && type != .formulaText && !isInline } ?? true
        if isEmptyNumber {
            if hasFormula { noteFormulaWithoutValue() }
        } else if let value {
            add(type, value.start, value.end, column: column, style: style, flags: value.flags)
        }
        return .next(place + 4)
    }

    /// `>text</v>` or ` xml:space="preserve">text</v>`, as far as the type allows.
    private func text(
        _ start: Place, _ end: Place, endTag: StaticString, type: CellResolver.CellType,
        _ value: inout (start: Place, end: Place, flags: UInt8)?
    ) -> Step {
        var place = start
        var keepsSpace = false
        if stands(" xml:space=\"preserve\"", at: place) {
            keepsSpace = true
            place += 21
        }
        guard place[0] == 0x3E else { return end - start < Self.tagByteCount ? .needsMore : .unusual }
        place += 1
        var traits: CellText.Traits = []
        let stop = CellText.scan(place, &traits)
        guard stop[0] == 0x3C else { return stop >= end ? .needsMore : .unusual }
        guard stands(endTag, at: stop) else { return end - stop < Self.tagByteCount ? .needsMore : .unusual }
        if traits.contains(.isIllegal) || (traits.contains(.isNotASCII) && !CellText.isUTF8(place, stop)) {
            return .unusual
        }
        let next = stop + endTag.utf8CodeUnitCount
        var (first, last) = (place, stop)
        if type == .formulaText || type == .inlineText {
            var flags = traits.contains(.needsEscape) ? SheetCell.needsEscape : 0
            if traits.contains(.isEncoded) {
                flags |= SheetCell.isEncoded | (keepsSpace ? 0 : SheetCell.needsTrim)
            } else if !keepsSpace {
                CellText.trim(&first, &last)
            }
            value = (first, last, flags)
        } else {
            // Entities and escapes in numbers are libxml2's business.
            if traits.contains(.isEncoded) { return .unusual }
            CellText.trim(&first, &last)
            value = (first, last, 0)
        }
        return .next(next)
    }

    /// `<t>text</t></is>` or `</is>`; rich text within a cell is rare, and libxml2 reads it.
    private func inline(
        _ start: Place, _ end: Place, _ value: inout (start: Place, end: Place, flags: UInt8)?
    ) -> Step {
        var place = start
        while CellText.isSpace(place[0]) { place += 1 }
        if stands("</is>", at: place) {
            value = (place, place, 0)
            return .next(place + 5)
        }
        if stands("<t/>", at: place) {
            value = (place, place, 0)
            place += 4
        } else if stands("<t>", at: place) || stands("<t ", at: place) {
            let step = text(place + 2, end, endTag: "</t>", type: .inlineText, &value)
            guard case .next(let next) = step else { return step }
            place = next
        } else {
            return end - place < Self.tagByteCount ? .needsMore : .unusual
        }
        while CellText.isSpace(place[0]) { place += 1 }
        guard stands("</is>", at: place) else { return end - place < Self.tagByteCount ? .needsMore : .unusual }
        return .next(place + 5)
    }

    /// `<f>text</f>`, `<f t="shared" si="0"/>`: its text does not matter.
    private func formula(_ start: Place, _ end: Place) -> Step {
        var place = start + 2
        guard place[0] == 0x3E || place[0] == 0x2F || CellText.isSpace(place[0]) else {
            return place >= end ? .needsMore : .unusual
        }
        while place < end, place[0] != 0x3E {
            if place[0] == 0x22 || place[0] == 0x27 {
                let quote = place[0]
                place += 1
                while place < end, place[0] != quote { place += 1 }
            }
            place += 1
        }
        guard place < end else { return .needsMore }
        if place[-1] == 0x2F { return .next(place + 1) }
        guard let found = memchr(place, 0x3C, end - place) else { return .needsMore }
        place = Place(found.assumingMemoryBound(to: UInt8.self))
        guard stands("</f>", at: place) else { return end - place < Self.tagByteCount ? .needsMore : .unusual }
        return .next(place + 4)
    }

    /// The column of a cell's reference, which must agree with its row.
    private static func column(_ start: Place, _ end: Place, rowNumber: Int) -> Int? {
        var place = start
        var number = 0
        while place < end, place[0] >= 0x41, place[0] <= 0x5A, number <= XLSXLimits.columnCount {
            number = number * 26 + Int(place[0]) - 0x40
            place += 1
        }
        guard number >= 1, number <= XLSXLimits.columnCount,
            integer(place, end, limit: XLSXLimits.rowCount) == rowNumber
        else { return nil }
        return number - 1
    }
}
