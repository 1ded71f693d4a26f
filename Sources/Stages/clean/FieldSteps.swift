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
        var looksAtEveryText = false
        var matchers: [PatternMatcher?] = []
        var padWidth = 0
        for operation in operations {
            var matcher: PatternMatcher?
            switch operation {
            case .padLeft(let width, _): padWidth = max(padWidth, width)
            case .stripChars: looksAtEveryText = true
            case .replace(let pattern, _), .extract(let pattern, _):
                looksAtEveryText = true
                matcher = try pattern.makeMatcher()
            default: break
            }
            matchers.append(matcher)
        }
        self.operations = operations
        self.matchers = matchers
        self.looksAtEveryText = looksAtEveryText
        self.padWidth = padWidth
        touched = Self.touched(by: operations)
        squeezes = operations.contains(.squeeze)
    }

    /// The classes of characters that some operation may change. Operations that look at every text are not counted.
    static func touched(by operations: [TextOperation]) -> TextClass {
        var touched: TextClass = []
        for operation in operations {
            switch operation {
            case .nfc, .nfkc, .fixMojibake: touched.insert(.nonASCII)
            case .controlStrip, .squeeze: touched.formUnion([.nonASCII, .control])
            case .trim: touched.formUnion([.nonASCII, .control, .outerSpace])
            case .lower: touched.formUnion([.nonASCII, .upper])
            case .upper: touched.formUnion([.nonASCII, .lower])
            case .stripChars, .padLeft, .replace, .extract: break
            }
        }
        return touched
    }

    /// True when no operation would change this text.
    @inline(__always)
    func leaveAlone(_ text: RawSpan) -> Bool {
        if looksAtEveryText || text.byteCount < padWidth { return false }
        let found = TextClass(of: text)
        if found.overlaps(touched) { return false }
        return !squeezes || !found.overlaps(.space) || !Self.hasDoubleSpace(text)
    }

    static func hasDoubleSpace(_ text: RawSpan) -> Bool {
        for position in 1..<max(1, text.byteCount) where text[position] == 0x20 && text[position - 1] == 0x20 {
            return true
        }
        return false
    }

    /// Brings `workspace.text` to the form that the operations leave unchanged. False when there is none.
    func run(_ workspace: inout Workspace) -> Bool {
        for _ in 0..<Self.roundLimit {
            Self.copy(workspace.text, to: &workspace.before)
            for index in operations.indices {
                workspace.next.removeAll()
                switch apply(index, workspace.text, to: &workspace.next, &workspace.normalization) {
                case .unchanged: break
                case .changed: swap(&workspace.text, &workspace.next)
                case .impossible: return false
                }
            }
            if Self.areEqual(workspace.text, workspace.before) { return true }
        }
        return false
    }

    /// Runs each operation once on `workspace.text` and counts those that change it, for the profile.
    func countChanges(_ workspace: inout Workspace, _ counts: inout [Int]) {
        if leaveAlone(workspace.text.bytes) { return }
        for index in operations.indices {
            workspace.next.removeAll()
            guard apply(index, workspace.text, to: &workspace.next, &workspace.normalization) == .changed else {
                continue
            }
            if !Self.areEqual(workspace.text, workspace.next) { counts[index] += 1 }
            swap(&workspace.text, &workspace.next)
        }
    }

    private static func copy(_ source: borrowing ByteBuffer, to target: inout ByteBuffer) {
        target.removeAll()
        target.append(source.bytes)
    }

    private static func areEqual(_ left: borrowing ByteBuffer, _ right: borrowing ByteBuffer) -> Bool {
        left.bytes.equals(right.bytes)
    }

    private enum StepResult {
        /// The text is what was written.
        case changed
        /// The text stays; what was written does not count.
        case unchanged
        case impossible
    }

    /// Runs one operation on a text.
    private func apply(
        _ index: Int, _ source: borrowing ByteBuffer, to output: inout ByteBuffer, _ normalization: inout Normalization
    ) -> StepResult {
        let text = source.bytes
        switch operations[index] {
        case .nfc:
            if Normalization.isSurelyNFC(text) { return .unchanged }
            return normalization.append(.nfc, of: text, to: &output) ? .changed : .impossible
        case .nfkc:
            return normalization.append(.nfkc, of: text, to: &output) ? .changed : .impossible
        case .controlStrip: InvisibleCharacters.strip(text, into: &output)
        case .trim: output.append(text.extracting(WhiteSpace.trimmed(text)))
        case .squeeze: WhiteSpace.squeeze(text, into: &output)
        case .lower: CaseMapping.appendLower(text, to: &output)
        case .upper: CaseMapping.appendUpper(text, to: &output)
        case .fixMojibake: return Mojibake.appendRepaired(text, to: &output) ? .changed : .unchanged
        case .stripChars(let characters): Self.strip(characters, from: text, to: &output)
        case .padLeft(let width, let filler): Self.pad(text, to: width, with: filler, &output)
        case .replace(_, let replacement):
            guard let matcher = matchers[index] else { return .unchanged }
            return Self.replace(matcher, by: replacement, in: text, &output) ? .changed : .impossible
        case .extract(_, let group):
            guard let matcher = matchers[index] else { return .unchanged }
            let found = matcher.match(text)
            if found == .limitExceeded { return .impossible }
            // What does not match stays: the pattern says where the value is, the checks say whether it is one.
            guard found == .found, let range = matcher.range(ofGroup: group) else { return .unchanged }
            output.append(text.extracting(range))
        }
        return .changed
    }

    private static func strip(_ characters: String, from text: RawSpan, to output: inout ByteBuffer) {
        var position = 0
        while position < text.byteCount {
            let start = position
            let scalar = ScalarReader.next(text, &position)
            if characters.unicodeScalars.contains(where: { $0.value == scalar }) { continue }
            output.append(text.extracting(start..<position))
        }
    }

    /// Fills up texts of digits only: what lost its leading zeros in a spreadsheet.
    private static func pad(
        _ text: RawSpan, to width: Int, with filler: Unicode.Scalar, _ output: inout ByteBuffer
    ) {
        var isNumber = text.byteCount > 0
        for position in 0..<text.byteCount where text[position] &- 0x30 >= 10 { isNumber = false }
        if isNumber {
            for _ in 0..<max(0, width - text.byteCount) { ScalarReader.append(filler.value, to: &output) }
        }
        output.append(text)
    }

    /// Replaces every match, from left to right; an empty match is passed by. False when matching takes too long.
    private static func replace(
        _ matcher: PatternMatcher, by replacement: String, in text: RawSpan, _ output: inout ByteBuffer
    ) -> Bool {
        var copied = 0
        var position = 0
        while position < text.byteCount {
            let found = matcher.match(text, from: position)
            if found == .limitExceeded { return false }
            guard found == .found, let range = matcher.range(ofGroup: 0) else { break }
            if range.isEmpty {
                position = max(position, range.upperBound) + 1
                while position < text.byteCount, text[position] & 0xC0 == 0x80 { position += 1 }
                continue
            }
            output.append(text.extracting(copied..<range.lowerBound))
            output.append(replacement)
            copied = range.upperBound
            position = range.upperBound
        }
        output.append(text.extracting(copied..<text.byteCount))
        return true
    }
}
