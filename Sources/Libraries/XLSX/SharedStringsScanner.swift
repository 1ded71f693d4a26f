internal import Glibc

/// Reads the shared strings that spreadsheets write (18.4), as bytes:
///
///     <si><t>text</t></si>
///     <si><t xml:space="preserve"> text </t><phoneticPr fontId="1"/></si>
///     <si><r><rPr>...</rPr><t>rich </t></r><r><t>text</t></r><rPh sb="0" eb="1"><t>hint</t></rPh></si>
///
/// Whatever else it meets it calls unusual, and libxml2 reads the part instead.
struct SharedStringsScanner {
    enum Outcome {
        /// The window is used up to here; the rest needs more text.
        case needsMore(Place)
        /// Behind the last string, at `</sst>`.
        case finished(Place)
        case unusual
    }

    private enum Step {
        case next(Place)
        case needsMore
        case unusual
    }

    private let strings: SharedStrings

    init(_ strings: SharedStrings) { self.strings = strings }

    /// Takes the whole strings of a window.
    func scan(_ start: Place, _ end: Place) -> Outcome {
        var place = start
        while true {
            // The common shape, without anything to decode or trim.
            if word(place) << 8 == literal("<si><t>") << 8 {
                var traits: CellText.Traits = []
                let text = place + 7
                let stop = CellText.scan(text, &traits)
                if word(stop) == literal("</t></si"), stop[8] == 0x3E,
                    traits.isDisjoint(with: [.isEncoded, .isIllegal]),
                    stop == text || !(CellText.isSpace(text[0]) || CellText.isSpace(stop[-1])),
                    !traits.contains(.isNotASCII) || CellText.isUTF8(text, stop)
                {
                    let room = strings.next
                    copyLoosely(text, to: room, count: stop - text)
                    strings.append(endingAt: room + (stop - text), needsEscape: traits.contains(.needsEscape))
                    place = stop + 9
                    continue
                }
            }
            if CellText.isSpace(place[0]) {
                place += 1
                continue
            }
            if place >= end { return .needsMore(end) }
            if stands("</sst", at: place) { return .finished(place) }
            switch string(place, end) {
            case .next(let next): place = next
            case .needsMore: return .needsMore(place)
            case .unusual: return .unusual
            }
        }
    }

    /// Any `<si>` that is not simple.
    private func string(_ start: Place, _ end: Place) -> Step {
        guard stands("<si", at: start) else { return end - start < 5 ? .needsMore : .unusual }
        if stands("<si/>", at: start) {
            strings.append(endingAt: strings.next, needsEscape: false)
            return .next(start + 5)
        }
        guard start[3] == 0x3E else { return end - start < 5 ? .needsMore : .unusual }
        var place = start + 4
        let room = strings.next
        var output = room
        var isInRun = false
        while true {
            while CellText.isSpace(place[0]) { place += 1 }
            if stands("</si>", at: place) { break }
            let step: Step
            if stands("<t", at: place) {
                step = text(place, end, keepsSpace: isInRun, &output)
            } else if stands("<rPr", at: place) {
                step = skip(place, end, until: "</rPr>")
            } else if stands("<rPh", at: place) {
                step = skip(place, end, until: "</rPh>")
            } else if stands("<phoneticPr", at: place) {
                step = skip(place, end, until: "</phoneticPr>")
            } else if stands("<r>", at: place) {
                isInRun = true
                step = .next(place + 3)
            } else if stands("</r>", at: place) {
                isInRun = false
                step = .next(place + 4)
            } else {
                // 13: the longest of these, cut at the end of the window.
                step = end - place < 13 ? .needsMore : .unusual
            }
            guard case .next(let next) = step else { return step }
            place = next
        }
        let final = CellText.decodeEscapes(room, output)
        strings.append(endingAt: final, needsEscape: !CellText.isPlain(room, final))
        return .next(place + 5)
    }

    /// `<t>text</t>`, with `xml:space` or without, or `<t/>`.
    private func text(_ start: Place, _ end: Place, keepsSpace: Bool, _ output: inout Room) -> Step {
        if stands("<t/>", at: start) { return .next(start + 4) }
        var keepsSpace = keepsSpace
        var place = start + 3
        if stands("<t xml:space=\"preserve\"", at: start) {
            keepsSpace = true
            place = start + 23
            if stands("/>", at: place) { return .next(place + 2) }
            guard place[0] == 0x3E else { return end - start < 27 ? .needsMore : .unusual }
            place += 1
        } else if start[2] != 0x3E {
            return end - start < 27 ? .needsMore : .unusual
        }
        var traits: CellText.Traits = []
        let stop = CellText.scan(place, &traits)
        guard stop[0] == 0x3C else { return stop >= end ? .needsMore : .unusual }
        guard stands("</t>", at: stop) else { return end - stop < 4 ? .needsMore : .unusual }
        if traits.contains(.isIllegal) || (traits.contains(.isNotASCII) && !CellText.isUTF8(place, stop)) {
            return .unusual
        }
        var (first, last) = (place, stop)
        if traits.contains(.isEncoded) {
            guard let decoded = CellText.decodeXML(place, stop, to: output) else { return .unusual }
            (first, last) = (Place(output), Place(decoded))
        }
        if !keepsSpace { CellText.trim(&first, &last) }
        memmove(output, first, last - first)
        output += last - first
        return .next(stop + 4)
    }

    /// An element with whatever it holds.
    private func skip(_ start: Place, _ end: Place, until endTag: StaticString) -> Step {
        var place = start
        while place < end, place[0] != 0x3E { place += 1 }
        if place >= end { return .needsMore }
        if place[-1] == 0x2F { return .next(place + 1) }
        while true {
            guard place < end, let found = memchr(place, 0x3C, end - place) else { return .needsMore }
            place = Place(found.assumingMemoryBound(to: UInt8.self))
            if stands(endTag, at: place) { return .next(place + endTag.utf8CodeUnitCount) }
            if place[1] == 0x21 || place[1] == 0x3F { return .unusual }
            place += 1
        }
    }
}

/// Copies `count` bytes, 32 at a time: writes and reads up to 31 more.
@inline(__always) func copyLoosely(_ source: Place, to target: Room, count: Int) {
    var index = 0
    repeat {
        let words = UnsafeRawPointer(source).loadUnaligned(fromByteOffset: index, as: SIMD4<UInt64>.self)
        UnsafeMutableRawPointer(target).storeBytes(of: words, toByteOffset: index, as: SIMD4<UInt64>.self)
        index &+= 32
    } while index < count
}
