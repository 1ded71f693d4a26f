internal import Glibc

extension SharedStrings {
    /// Reads the part of the shared strings: with the scanner, and with libxml2 where that meets something unusual.
    /// `road` is for tests, which compare the two.
    static func read(
        _ archive: ZipArchive, part: String, limits: XLSXLimits, road: SheetRoad = .automatic
    ) throws(XLSXError) -> SharedStrings {
        guard let entry = archive.entry(part) else { throw .damagedPart(part: part, reason: "it is missing") }
        try archive.checkExpansion(of: entry, limits: limits)
        if road != .reference, let strings = try scan(archive, entry, limits: limits) { return strings }
        return try parse(archive, entry, limits: limits)
    }

    /// Nil when the part is unusual.
    private static func scan(
        _ archive: ZipArchive, _ entry: ZipEntry, limits: XLSXLimits
    ) throws(XLSXError) -> SharedStrings? {
        let windows = try PartWindows(
            archive, entry, limits: limits, limit: limits.sharedStringBytes, limitName: "sharedStringBytes",
            isThreaded: true)
        let frame = SharedStringsHandler(try SharedStrings(partByteCount: 0), part: entry.name)
        let parser = XMLPushParser(part: entry.name, handler: frame)
        var place = Place(windows.start)
        search: while true {
            let isLast = try !windows.advance(keeping: place)
            place = Place(windows.start)
            switch XMLFrame.find("sst", place, windows.end, isLast: isLast) {
            case .needsMore: continue
            case .unusual: return nil
            case .found(let next, let isEmpty):
                try parser.feed(UnsafeRawBufferPointer(start: place, count: next - place))
                if isEmpty || !frame.isPlainFrame { return nil }
                place = next
                break search
            }
        }
        let strings = try SharedStrings(partByteCount: entry.byteCount)
        let scanner = SharedStringsScanner(strings)
        while true {
            switch scanner.scan(place, windows.end) {
            case .needsMore(let rest):
                guard try windows.advance(keeping: rest) else { return nil }
                place = Place(windows.start)
            case .unusual:
                return nil
            case .finished(let rest):
                place = rest
                repeat {
                    try parser.feed(UnsafeRawBufferPointer(start: place, count: Place(windows.end) - place))
                    place = Place(windows.end)
                    let more = try windows.advance(keeping: place)
                    place = Place(windows.start)
                    if !more { break }
                } while true
                try parser.finish()
                return strings
            }
        }
    }

    /// The whole part through libxml2.
    private static func parse(
        _ archive: ZipArchive, _ entry: ZipEntry, limits: XLSXLimits
    ) throws(XLSXError) -> SharedStrings {
        let strings = try SharedStrings(partByteCount: entry.byteCount)
        let handler = SharedStringsHandler(strings, part: entry.name)
        try archive.parse(
            entry, limit: limits.sharedStringBytes, limitName: "sharedStringBytes", handler: handler)
        return strings
    }
}

/// The shared strings as libxml2 tells them: the reference for the scanner.
final class SharedStringsHandler: XMLHandler {
    private let strings: SharedStrings
    private let part: String
    private var depth = 0
    private var text = TextPieces()
    /// True when the last tag was a plain `<sst>` of a main namespace, at the top.
    private(set) var isPlainFrame = false

    init(_ strings: SharedStrings, part: String) {
        self.strings = strings
        self.part = part
    }

    func start(_ element: XMLElement) {
        depth += 1
        let space = element.preservesSpace
        isPlainFrame = depth == 1 && element.name == "sst" && element.isMain && space == nil
        if depth == 2, element.isMain, element.name == "si" { text.begin() }
        text.start(element, preservesSpace: space)
    }

    func text(_ bytes: UnsafeRawBufferPointer) { text.append(bytes) }

    func end(_ name: String) throws(XLSXError) {
        depth -= 1
        text.end(name)
        guard depth == 1, name == "si" else { return }
        let bytes = text.finish()
        guard strings.countLeft > 0, strings.roomLeft >= bytes.count else {
            throw .damagedPart(part: part, reason: "it holds more strings than its size allows")
        }
        let room = strings.next
        bytes.withUnsafeBufferPointer { source in
            if let start = source.baseAddress { memcpy(room, start, source.count) }
        }
        let end = CellText.decodeEscapes(room, room + bytes.count)
        strings.append(endingAt: end, needsEscape: !CellText.isPlain(room, end))
    }
}

/// Gathers the text of an `<si>` or `<is>` (18.4.8): `<t>` directly in it, trimmed unless space is preserved, and in
/// its runs as it stands; phonetic hints are left out.
struct TextPieces {
    private var bytes: [UInt8] = []
    private var isOpen = false
    private var isInText = false
    private var runDepth = 0
    private var hintDepth = 0
    private var textStart = 0
    private var textKeepsSpace = false
    private var spaces: [Bool] = []

    mutating func begin() {
        bytes.removeAll(keepingCapacity: true)
        (isOpen, isInText, runDepth, hintDepth) = (true, false, 0, 0)
    }

    mutating func start(_ element: XMLElement, preservesSpace: Bool?) {
        // xml:space holds for what is inside, until something says otherwise.
        spaces.append(preservesSpace ?? spaces.last ?? false)
        guard isOpen, element.isMain else { return }
        switch element.name {
        case "r": runDepth += 1
        case "rPh": hintDepth += 1
        case "t" where hintDepth == 0:
            isInText = true
            textStart = bytes.count
            textKeepsSpace = runDepth > 0 || spaces.last == true
        default: break
        }
    }

    mutating func append(_ text: UnsafeRawBufferPointer) {
        if isInText { bytes.append(contentsOf: text) }
    }

    mutating func end(_ name: String) {
        _ = spaces.popLast()
        guard isOpen else { return }
        switch name {
        case "r": runDepth = max(0, runDepth - 1)
        case "rPh": hintDepth = max(0, hintDepth - 1)
        case "t" where isInText:
            isInText = false
            if !textKeepsSpace { trim() }
        default: break
        }
    }

    /// The text, escapes not yet decoded.
    mutating func finish() -> [UInt8] {
        isOpen = false
        return bytes
    }

    private mutating func trim() {
        while bytes.count > textStart, let last = bytes.last, CellText.isSpace(last) { bytes.removeLast() }
        let spaceCount = bytes[textStart...].prefix { CellText.isSpace($0) }.count
        bytes.removeSubrange(textStart..<textStart + spaceCount)
    }
}
