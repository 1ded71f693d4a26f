internal import Bytes
internal import Contracts
internal import NDJSON
internal import Text

/// What is needed to see that a value of a column is clean as it stands, without any of the machinery that cleans.
///
/// Most values are. A quick check says yes only where `FieldCleaner` would write the very same characters and report
/// nothing (a test compares them); for everything else it says "look closer". It is plain memory, without references
/// to count.
struct QuickCheck {
    enum Answer: Equatable {
        /// The value is clean as it is.
        case clean
        /// A decimal that lacks so many zeros at its end, and before them the point.
        case lacksZeros(Int, point: Bool)
        case lookCloser
    }

    private enum Kind { case none, text, integer, decimal, boolean, date, timestamp }

    /// Longer numbers may not fit into 64 bits.
    static let digitLimit = 18

    private var kind = Kind.none
    /// Nulls are fine, and nothing stands for them.
    private(set) var mayBeNull = false
    /// The length of all good texts, or a negative number where they differ.
    private(set) var fixedLength = -1
    private var isInstant = false
    private var squeezes = false
    private var ranges: ByteRanges?
    private var minimumLength = 0
    private var maximumLength = Int.max
    private var patternIsEnough = false
    private var padWidth = 0
    /// Texts of these lengths (63: and longer ones) may be null tokens or on the left side of the map.
    private var tokenLengths: UInt64 = 0
    private var touched: TextClass = []
    private var scale = 0
    private var wholeDigits = 0
    private var minimum = Int64.min
    private var maximum = Int64.max

    init(_ field: Field, mayBeNull: Bool) {
        self.mayBeNull = mayBeNull
        let cleaning = field.cleaning
        let limits = field.limits
        guard limits.validValues == nil, limits.multipleOf == nil, cleaning.check == nil, cleaning.mask == nil else {
            return
        }
        let tokens = cleaning.nullTokens + cleaning.map.map(\.from)
        for token in tokens { tokenLengths |= 1 << UInt64(min(token.utf8.count, 63)) }
        switch field.type {
        case .string: prepareText(field)
        case .integer(let width):
            minimum = width.minimum
            maximum = width.maximum
            kind = Self.mayBeNumbers(tokens) || !narrow(limits) ? .none : .integer
        case .decimal(let precision, let scale):
            self.scale = scale
            wholeDigits = precision - scale
            kind = Self.mayBeNumbers(tokens) || precision > Self.digitLimit || !narrow(limits) ? .none : .decimal
        case .boolean: kind = tokens.contains { $0 == "true" || $0 == "false" } ? .none : .boolean
        case .date:
            kind = narrow(limits) ? .date : .none
            fixedLength = 10
        case .timestamp(let isInstant):
            self.isInstant = isInstant
            kind = narrow(limits) ? .timestamp : .none
            fixedLength = isInstant ? 20 : 19
        case .double, .time, .json: break
        }
    }

    private mutating func prepareText(_ field: Field) {
        let operations = field.cleaning.operations
        for operation in operations {
            switch operation {
            case .stripChars, .replace, .extract: return
            case .padLeft(let width, _): padWidth = max(padWidth, width)
            case .squeeze: squeezes = true
            default: break
            }
        }
        if let pattern = field.limits.pattern {
            guard let ranges = ByteRanges(pattern) else { return }
            self.ranges = ranges
            let possible = TextClass(of: ranges.bytes.span.bytes).union(ranges.allows(0x20) ? .outerSpace : [])
            if ranges.minimumLength == ranges.maximumLength, !ranges.allows(0x22), !ranges.allows(0x5C) {
                fixedLength = ranges.minimumLength
            }
            patternIsEnough = !possible.overlaps(FieldSteps.touched(by: operations)) && !ranges.allows(0x20)
        }
        // An empty text is null or has to be thought about.
        tokenLengths |= 1
        touched = FieldSteps.touched(by: operations).union(.nonASCII)
        minimumLength = field.limits.minimumLength ?? 0
        maximumLength = field.limits.maximumLength ?? .max
        kind = .text
    }

    private static func mayBeNumbers(_ tokens: [String]) -> Bool {
        tokens.contains { token in token.utf8.contains { $0 &- 0x30 < 10 } }
    }

    /// Takes the ends of the range, as far as they are whole numbers of 64 bits.
    private mutating func narrow(_ limits: Limits) -> Bool {
        for (bound, isMinimum) in [(limits.minimum, true), (limits.maximum, false)] {
            guard let bound else { continue }
            let value: Int64
            switch bound.value {
            case .integer(let number): value = number
            case .decimal(let number):
                guard let narrow = Int64(exactly: number) else { return false }
                value = narrow
            case .date(let days): value = Int64(days)
            case .timestamp(let microseconds), .time(let microseconds): value = microseconds
            case .double: return false
            }
            let (inner, overflow) = value.addingReportingOverflow(bound.isExclusive ? (isMinimum ? 1 : -1) : 0)
            if overflow { return false }
            if isMinimum { minimum = max(minimum, inner) } else { maximum = min(maximum, inner) }
        }
        return true
    }

    /// Looks at one value: a string's content without quotes, or the characters of any other JSON value.
    @inline(__always)
    func look(at value: RawSpan, _ kindOfJSON: JSONKind) -> Answer {
        switch kindOfJSON {
        case .null: return mayBeNull ? .clean : .lookCloser
        case .string:
            switch kind {
            case .text: return isCleanText(value) ? .clean : .lookCloser
            case .timestamp: return isCleanTimestamp(value) ? .clean : .lookCloser
            case .date: return isCleanDate(value) ? .clean : .lookCloser
            default: return .lookCloser
            }
        case .number:
            switch kind {
            case .integer: return isCleanInteger(value) ? .clean : .lookCloser
            case .decimal: return decimal(value)
            default: return .lookCloser
            }
        case .true, .false: return kind == .boolean ? .clean : .lookCloser
        default: return .lookCloser
        }
    }

    @inline(__always)
    private func isToken(_ count: Int) -> Bool { tokenLengths & 1 << UInt64(min(count, 63)) != 0 }

    @inline(__always)
    private func isCleanText(_ text: RawSpan) -> Bool {
        let count = text.byteCount
        if count < minimumLength || count > maximumLength || count < padWidth || isToken(count) { return false }
        if let ranges {
            if !ranges.accept(text) { return false }
            // What the pattern allows, no operation would touch.
            if patternIsEnough { return true }
        }
        let found = TextClass(of: text)
        if found.overlaps(touched) { return false }
        return !squeezes || !found.overlaps(.space) || !FieldSteps.hasDoubleSpace(text)
    }

    /// Digits that fit, without a sign before zero.
    @inline(__always)
    private func isCleanInteger(_ text: RawSpan) -> Bool {
        let count = text.byteCount
        guard count <= Self.digitLimit else { return false }
        let isNegative = text[0] == 0x2D
        var value: Int64 = 0
        var position = isNegative ? 1 : 0
        while position < count {
            let digit = text[position] &- 0x30
            if digit > 9 { return false }
            value = value &* 10 &+ Int64(digit)
            position += 1
        }
        if isNegative {
            if value == 0 { return false }
            value = -value
        }
        return value >= minimum && value <= maximum
    }

    @inline(__always)
    private func decimal(_ text: RawSpan) -> Answer {
        let count = text.byteCount
        guard count <= Self.digitLimit else { return .lookCloser }
        let isNegative = text[0] == 0x2D
        let start = isNegative ? 1 : 0
        var position = start
        var value: Int64 = 0
        while position < count {
            let digit = text[position] &- 0x30
            if digit > 9 { break }
            value = value &* 10 &+ Int64(digit)
            position += 1
        }
        let whole = position - start
        var decimals = 0
        if position < count {
            guard text[position] == 0x2E else { return .lookCloser }
            position += 1
            decimals = count - position
            while position < count {
                let digit = text[position] &- 0x30
                if digit > 9 { return .lookCloser }
                value = value &* 10 &+ Int64(digit)
                position += 1
            }
        }
        // A zero before the point counts as no digit.
        guard decimals <= scale, whole <= wholeDigits || (whole == 1 && text[start] == 0x30) else { return .lookCloser }
        let missingZeros = scale - decimals
        for _ in 0..<missingZeros { value = value &* 10 }
        if isNegative {
            if value == 0 { return .lookCloser }
            value = -value
        }
        guard value >= minimum, value <= maximum else { return .lookCloser }
        return missingZeros == 0 ? .clean : .lacksZeros(missingZeros, point: decimals == 0)
    }

    /// `yyyy-MM-dd`
    @inline(__always)
    private func isCleanDate(_ text: RawSpan) -> Bool {
        guard text.byteCount == 10, !isToken(10), let days = DateText.parseDate(text) else { return false }
        return Int64(days) >= minimum && Int64(days) <= maximum
    }

    /// `yyyy-MM-ddTHH:mm:ss`, and `Z` for an instant.
    @inline(__always)
    private func isCleanTimestamp(_ text: RawSpan) -> Bool {
        let count = text.byteCount
        guard count == (isInstant ? 20 : 19), !isToken(count), !isInstant || text[19] == 0x5A else { return false }
        // In a digit's place the difference is the digit; in a mark's place it is zero. A byte that is too small turns
        // its top bit on.
        let date = text.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self) &- 0x2D30_302D_3030_3030
        let clock = text.unsafeLoadUnaligned(fromByteOffset: 8, as: UInt64.self) &- 0x3030_3A30_3054_3030
        let nines: UInt64 = 0x7676_7676_7676_7676
        let marks = (date &+ nines) | date | (clock &+ nines) | clock
        guard marks & 0x8080_8080_8080_8080 == 0, date & 0xFF00_00FF_0000_0000 == 0, clock & 0x0000_FF00_00FF_0000 == 0,
            text[16] == 0x3A
        else { return false }
        let (tens, ones) = (text[17] &- 0x30, text[18] &- 0x30)
        let month = Self.twoDigits(date >> 40)
        let day = Self.twoDigits(clock)
        guard tens < 6, ones < 10, month >= 1, month <= 12, day >= 1, Self.twoDigits(clock >> 24) < 24,
            Self.twoDigits(clock >> 48) < 60
        else { return false }
        // Years, and days that not all months have, go by the calendar.
        if day <= 28, minimum == .min, maximum == .max, date & 0xF0F_0F0F != 0 { return true }
        guard let stamp = DateText.parseTimestamp(text) else { return false }
        return stamp.instant >= minimum && stamp.instant <= maximum
    }

    /// The value of the two digits in the lowest two bytes, the tens first.
    @inline(__always)
    private static func twoDigits(_ word: UInt64) -> Int {
        Int(truncatingIfNeeded: (word & 0xF) * 10 + (word >> 8 & 0xF))
    }
}
