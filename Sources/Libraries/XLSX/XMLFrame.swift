/// Where the fast scanners may begin: what stands in front of the element that holds the data.
enum XMLFrame {
    /// A frame longer than this is read by libxml2 with everything else.
    static let byteLimit = 1 << 20

    enum Search {
        /// Behind the `>` of the element's start tag.
        case found(Place, isEmpty: Bool)
        case needsMore
        /// Not in UTF-8, no such element, or longer than the limit.
        case unusual
    }

    /// Finds `<name ...>` in a part that begins at `start`. It may lie in a comment: ask libxml2 what it sees there.
    static func find(_ name: StaticString, _ start: Place, _ end: Place, isLast: Bool) -> Search {
        let count = end - start
        guard count >= 4 || isLast else { return .needsMore }
        guard startsAsUTF8(start, end) else { return .unusual }
        var place = start
        while place < end {
            guard place[0] == 0x3C, stands(name, at: place + 1) else {
                place += 1
                continue
            }
            let following = place[1 + name.utf8CodeUnitCount]
            guard following == 0x3E || following == 0x2F || CellText.isSpace(following) else {
                place += 1
                continue
            }
            while place < end, place[0] != 0x3E { place += 1 }
            if place < end { return .found(place + 1, isEmpty: place[-1] == 0x2F) }
        }
        return isLast || count > byteLimit ? .unusual : .needsMore
    }

    /// True when the part begins in UTF-8 or ASCII and does not say otherwise. Fewer than a whole declaration count as
    /// UTF-8 only when nothing speaks against it; the caller asks again with more.
    private static func startsAsUTF8(_ start: Place, _ end: Place) -> Bool {
        var place = start
        if end - place >= 3, place[0] == 0xEF, place[1] == 0xBB, place[2] == 0xBF { place += 3 }
        guard place < end, place[0] == 0x3C else { return false }
        guard end - place > 5, stands("<?xml", at: place) else { return end - place < 2 || place[1] != 0 }
        var stop = place
        while stop < end, stop[0] != 0x3E { stop += 1 }
        let declaration = String(decoding: UnsafeBufferPointer(start: place, count: stop - place), as: UTF8.self)
        let parts = declaration.split(whereSeparator: { $0 == "\"" || $0 == "'" })
        for (index, part) in parts.enumerated() where index + 1 < parts.count {
            let name = part.filter { !$0.isWhitespace && $0 != "=" }
            guard name.hasSuffix("encoding") else { continue }
            return ["utf-8", "utf8", "us-ascii"].contains(parts[index + 1].lowercased())
        }
        return true
    }
}
