internal import Bytes
internal import Contracts
internal import Text

/// The text operations of one column, in the contract's order.
///
/// Cleaning must not change what is already clean, byte for byte. Operations alone do not give that: taking away a
/// character can leave a space at the end, lower case can undo a normal form. So they are repeated until nothing
/// changes any more.
struct FieldSteps {
    /// Operations that still change the text after so many rounds never stop, such as "replace a by aa".
    static let roundLimit = 8

    private let operations: [TextOperation]
    private let matchers: [PatternMatcher?]
    /// A text with none of these classes is left as it is by all operations.
    private let touched: TextClass
    /// Some operation may change a text whatever its characters are.
    private let looksAtEveryText: Bool
    private let squeezes: Bool
    private let padWidth: Int

    init(_ operations: [TextOperation]) throws(PatternError) {
        var touched: TextClass = []
        var looksAtEveryText = false
        var matchers: [PatternMatcher?] = []
        var padWidth = 0
        for operation in operations {
            var matcher: PatternMatcher?
            switch operation {
            case .nfc, .nfkc: touched.insert(.nonASCII)
            case .controlStrip: touched.formUnion([.nonASCII, .control])
            case .trim: touched.formUnion([.nonASCII, .control, .outerSpace])
            case .squeeze: touched.formUnion([.nonASCII, .control])
            case .lower: touched.formUnion([.nonASCII, .upper])
            case .upper: touched.formUnion([.nonASCII, .lower])
            case .fixMojibake: touched.insert(.nonASCII)
            case .padLeft(let width, _): padWidth = max(padWidth, width)
            case .stripChars: looksAtEveryText = true
            case .replace(let pattern, _), .extract(let pattern, _):
                looksAtEveryText = true
                matcher = try pattern.makeMatcher()
            }
            matchers.append(matcher)
        }
        self.operations = operations
        self.matchers = matchers
        self.touched = touched
        self.looksAtEveryText = looksAtEveryText
        self.padWidth = padWidth
        squeezes = operations.contains(.squeeze)
    }

    /// True when no operation would change this text.
    @inline(__always)
    func leaveAlone(_ text: RawSpan) -> Bool {
        if looksAtEveryText || text.byteCount < padWidth { return false }
        let found = TextClass(of: text)
        if !found.isDisjoint(with: touched) { return false }
        return !squeezes || !found.contains(.space) || !hasDoubleSpace(text)
    }

    private func hasDoubleSpace(_ text: RawSpan) -> Bool {
        for position in 1..<max(1, text.byteCount) where text[position] == 0x20 && text[position - 1] == 0x20 {
            return true
        }
        return false
    }

    /// Brings `workspace.text` to the form that the operations leave unchanged. False when there is none.
    func run(_ workspace: inout Workspace) -> Bool {
        for _ in 0..<Self.roundLimit {
            workspace.before.removeAll()
            workspace.before.append(workspace.text.bytes)
            for index in operations.indices where !apply(index, &workspace) { return false }
            if workspace.text.bytes.equals(workspace.before.bytes) { return true }
        }
        return false
    }

    /// Runs one operation from `text` to `next` and exchanges them.
    private func apply(_ index: Int, _ workspace: inout Workspace) -> Bool {
        workspace.next.removeAll()
        switch operations[index] {
        case .nfc:
            if Normalization.isSurelyNFC(workspace.text.bytes) { return true }
            guard workspace.normalization.append(.nfc, of: workspace.text.bytes, to: &workspace.next) else {
                return false
            }
        case .nfkc:
            guard workspace.normalization.append(.nfkc, of: workspace.text.bytes, to: &workspace.next) else {
                return false
            }
        case .controlStrip: InvisibleCharacters.strip(workspace.text.bytes, into: &workspace.next)
        case .trim:
            let kept = WhiteSpace.trimmed(workspace.text.bytes)
            workspace.next.append(workspace.text.bytes(kept))
        case .squeeze: WhiteSpace.squeeze(workspace.text.bytes, into: &workspace.next)
        case .lower: CaseMapping.appendLower(workspace.text.bytes, to: &workspace.next)
        case .upper: CaseMapping.appendUpper(workspace.text.bytes, to: &workspace.next)
        case .fixMojibake:
            if !Mojibake.appendRepaired(workspace.text.bytes, to: &workspace.next) { return true }
        case .stripChars(let characters): strip(characters, &workspace)
        case .padLeft(let width, let filler): pad(width, filler, &workspace)
        case .replace(_, let replacement):
            guard let matcher = matchers[index] else { return true }
            if !replace(matcher, replacement, &workspace) { return false }
        case .extract(_, let group):
            guard let matcher = matchers[index] else { return true }
            let found = matcher.match(workspace.text.bytes)
            if found == .limitExceeded { return false }
            // What does not match stays: the pattern says where the value is, the checks say whether it is one.
            guard found == .found, let range = matcher.range(ofGroup: group) else { return true }
            workspace.next.append(workspace.text.bytes(range))
        }
        swap(&workspace.text, &workspace.next)
        return true
    }

    private func strip(_ characters: String, _ workspace: inout Workspace) {
        let text = workspace.text.bytes
        var position = 0
        while position < text.byteCount {
            let start = position
            let scalar = ScalarReader.next(text, &position)
            if characters.unicodeScalars.contains(where: { $0.value == scalar }) { continue }
            workspace.next.append(text.extracting(start..<position))
        }
    }

    /// Fills up texts of digits only: what lost its leading zeros in a spreadsheet.
    private func pad(_ width: Int, _ filler: Unicode.Scalar, _ workspace: inout Workspace) {
        let text = workspace.text.bytes
        var isNumber = text.byteCount > 0
        for position in 0..<text.byteCount where text[position] &- 0x30 >= 10 { isNumber = false }
        if isNumber {
            for _ in 0..<max(0, width - text.byteCount) { ScalarReader.append(filler.value, to: &workspace.next) }
        }
        workspace.next.append(text)
    }

    /// Replaces every match, from left to right; an empty match is passed by.
    private func replace(_ matcher: PatternMatcher, _ replacement: String, _ workspace: inout Workspace) -> Bool {
        let text = workspace.text.bytes
        var copied = 0
        var position = 0
        while position < text.byteCount {
            let found = matcher.match(text, from: position)
            if found == .limitExceeded { return false }
            guard found == .found, let range = matcher.range(ofGroup: 0) else { break }
            if range.isEmpty {
                position = max(position, range.upperBound) + 1
                continue
            }
            workspace.next.append(text.extracting(copied..<range.lowerBound))
            workspace.next.append(replacement)
            copied = range.upperBound
            position = range.upperBound
        }
        workspace.next.append(text.extracting(copied..<text.byteCount))
        return true
    }
}
