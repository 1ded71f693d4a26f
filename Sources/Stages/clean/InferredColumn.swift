internal import Bytes
internal import Contracts
internal import NDJSON
internal import Text

/// What the values of an unknown column look like, for a first draft of its contract.
struct InferredColumn {
    /// Texts that people write where there is nothing.
    private static let nullWords = TokenSet(["", "-", "NULL", "null", "N/A", "n/a", "#N/A", "NaN", "nan", "None", "?"])
    /// Ways of writing days and times that are tried beside ISO 8601, the usual ones first.
    private static let formatTexts = [
        "dd/MM/yyyy HH:mm:ss", "dd/MM/yyyy HH:mm", "dd/MM/yyyy", "MM/dd/yyyy HH:mm:ss", "MM/dd/yyyy HH:mm",
        "MM/dd/yyyy",
        "dd.MM.yyyy HH:mm", "dd.MM.yyyy", "dd-MM-yyyy", "yyyy/MM/dd", "yyyyMMdd",
    ]
    static let formats: [DateFormat] = formatTexts.compactMap { try? DateFormat($0) }

    /// As it stands in the input.
    let header: String
    private(set) var valueCount = 0
    private(set) var nullCount = 0
    private(set) var nullTexts: Set<String> = []
    private(set) var longest = 0
    private(set) var isNested = false

    private var byPoint = NumberReach()
    private var byComma = NumberReach()
    private var sawComma = false
    private var sawPoint = false
    private var hasCurrency = false
    private var isBoolean = true
    private var hasTime = false
    private var isMoment = true
    private var openFormats: [Bool]
    private var sawOtherThanISO = false
    private var formatHits: [Int]

    init(_ header: String) {
        self.header = header
        openFormats = Array(repeating: true, count: Self.formats.count)
        formatHits = Array(repeating: 0, count: Self.formats.count)
    }

    /// Looks at one value: a string's content without escapes, or the characters of another JSON value.
    mutating func see(_ value: RawSpan, _ kind: JSONKind, _ readers: InferenceReaders, _ scratch: inout ByteBuffer) {
        if kind == .null {
            nullCount += 1
            return
        }
        let text = value.extracting(WhiteSpace.trimmed(value))
        if kind.isString, Self.nullWords.contains(text) {
            nullCount += 1
            nullTexts.insert(text.text)
            return
        }
        valueCount += 1
        if kind == .object || kind == .array { isNested = true }
        longest = max(longest, ScalarReader.count(text))
        seeBoolean(text, kind)
        seeNumber(text, kind, readers, &scratch)
        seeMoment(text, kind, readers)
    }

    private mutating func seeBoolean(_ text: RawSpan, _ kind: JSONKind) {
        switch kind {
        case .true, .false: return
        default: isBoolean = false
        }
    }

    private mutating func seeNumber(
        _ text: RawSpan, _ kind: JSONKind, _ readers: InferenceReaders, _ scratch: inout ByteBuffer
    ) {
        guard byPoint.isPossible || byComma.isPossible else { return }
        if kind == .number {
            let number = DecimalNumber.parse(text)
            let shown = number.map { $0.digitCount > DecimalNumber.excelDigits ? $0.roundedToExcelDigits() : $0 }
            byPoint.see(shown)
            byComma.see(shown)
            return
        }
        // A text of digits with a zero in front is a code: as a number it would lose the zero.
        let isCode = text.byteCount > 1 && text[0] == 0x30 && text[1] &- 0x30 < 10
        guard kind.isString, !isCode else {
            byPoint.see(nil)
            byComma.see(nil)
            return
        }
        byPoint.see(readers.point.parse(text, plain: &scratch))
        byComma.see(readers.comma.parse(text, plain: &scratch))
        for position in 0..<text.byteCount {
            if text[position] == 0x2C { sawComma = true }
            if text[position] == 0x2E { sawPoint = true }
            if text[position] == 0x24 { hasCurrency = true }
        }
    }

    private mutating func seeMoment(_ text: RawSpan, _ kind: JSONKind, _ readers: InferenceReaders) {
        guard isMoment else { return }
        guard kind.isString else {
            isMoment = false
            return
        }
        if let stamp = DateText.parseTimestamp(text) {
            if stamp.offsetMinutes != nil {
                isMoment = false
                return
            }
            if stamp.hasTime { hasTime = true }
            return
        }
        sawOtherThanISO = true
        var isRead = false
        for (number, reader) in readers.formats.enumerated() {
            guard let reading = reader.parseByFormats(text) else { continue }
            formatHits[number] += 1
            isRead = true
            if reading.hasTime { hasTime = true }
        }
        if !isRead { isMoment = false }
    }
}

extension InferredColumn {
    /// What the draft says of the column.
    struct Guess: Equatable {
        var logicalType: String
        var physicalType: String
        var parse: [String] = []
        var decimals: (precision: Int, scale: Int)?
        /// For the person who reads the draft.
        var remarks: [String] = []

        static func == (left: Guess, right: Guess) -> Bool {
            left.logicalType == right.logicalType && left.physicalType == right.physicalType
                && left.parse == right.parse
                && left.remarks == right.remarks
        }
    }

    var guess: Guess {
        if valueCount == 0 { return Guess(logicalType: "string", physicalType: "VARCHAR", remarks: ["no values seen"]) }
        if isNested { return Guess(logicalType: "object", physicalType: "VARIANT") }
        if isBoolean { return Guess(logicalType: "boolean", physicalType: "BOOLEAN") }
        if isMoment, let guess = momentGuess { return guess }
        if let number = byPoint.isPossible ? byPoint : byComma.isPossible ? byComma : nil {
            return withSeparators(number.isWhole ? number.wholeGuess : numberGuess(number))
        }
        // Room for somewhat longer texts than those that were seen.
        var width = 16
        while width < longest { width *= 2 }
        return Guess(logicalType: "string", physicalType: width > 4096 ? "VARCHAR" : "VARCHAR(\(width))")
    }

    private var momentGuess: Guess? {
        var guess = Guess(
            logicalType: hasTime ? "timestamp" : "date", physicalType: hasTime ? "TIMESTAMP_NTZ(6)" : "DATE")
        guard sawOtherThanISO else { return guess }
        let hits = formatHits.indices.filter { formatHits[$0] > 0 }
        let texts = hits.map { Self.formats[$0].text }
        let isDayFirst = texts.contains { $0.hasPrefix("dd/MM") }
        let isMonthFirst = texts.contains { $0.hasPrefix("MM/dd") }
        let dayFirst = texts.filter { $0.hasPrefix("dd/MM") }
        let monthFirst = texts.filter { $0.hasPrefix("MM/dd") }
        var kept = texts.filter { !$0.hasPrefix("MM/dd") && !$0.hasPrefix("dd/MM") }
        if isDayFirst, isMonthFirst {
            let days = hits.filter { Self.formats[$0].text.hasPrefix("dd/MM") }.map { formatHits[$0] }.reduce(0, +)
            let months = hits.filter { Self.formats[$0].text.hasPrefix("MM/dd") }.map { formatHits[$0] }.reduce(0, +)
            kept += days >= months ? dayFirst : monthFirst
            if days == months { guess.remarks.append("day and month cannot be told apart: check the order") }
        } else {
            kept += dayFirst + monthFirst
        }
        guess.parse.append("formats: [\(kept.map { "\"\($0)\"" }.joined(separator: ", "))]")
        return guess
    }

    private func numberGuess(_ number: NumberReach) -> Guess {
        if number.needsDouble || number.wholeDigits + number.decimals > DecimalNumber.digitLimit {
            return Guess(logicalType: "number", physicalType: "DOUBLE")
        }
        // Two more digits before the point than were seen.
        let precision = min(DecimalNumber.digitLimit, max(number.wholeDigits + 2 + number.decimals, 12))
        var guess = Guess(logicalType: "number", physicalType: "DECIMAL(\(precision),\(number.decimals))")
        guess.decimals = (precision, number.decimals)
        return guess
    }

    /// Declares what texts of numbers had in them.
    private func withSeparators(_ guess: Guess) -> Guess {
        var guess = guess
        if byPoint.isPossible {
            if sawComma { guess.parse.append("group: \",\"") }
        } else {
            // Integers have no decimal separator, but may have groups.
            if guess.decimals != nil { guess.parse.append("decimal: \",\"") }
            if sawPoint { guess.parse.append("group: \".\"") }
        }
        if sawComma || sawPoint, byPoint.isPossible, byComma.isPossible {
            guess.remarks.append("point and comma cannot be told apart: check which one is the decimal separator")
        }
        if hasCurrency { guess.parse.append("strip: [\"R$\", \"$\"]") }
        return guess
    }

    /// Nulls are no surprise where they were seen, or where nothing else was.
    var isRequired: Bool { nullCount == 0 && valueCount > 0 }
}

/// How far the numbers of a column reach, read with one of the two separators.
private struct NumberReach {
    private static let scaleLimit = 18

    var isPossible = true
    var isWhole = true
    var needsDouble = false
    var wholeDigits = 1
    var decimals = 0
    private var isNarrow = true
    private var isLong = true

    /// Takes one value's number, or nil where it has none.
    mutating func see(_ number: DecimalNumber?) {
        guard let number else {
            isPossible = false
            return
        }
        if number.integer == nil {
            isWhole = false
            let scaled = number.scaled(precision: DecimalNumber.digitLimit, scale: Self.scaleLimit)
            guard case .value(let unscaled) = scaled else {
                needsDouble = true
                return
            }
            var scale = Self.scaleLimit
            var rest = unscaled
            while scale > 0, rest % 10 == 0 {
                rest /= 10
                scale -= 1
            }
            decimals = max(decimals, scale)
        }
        let whole = number.scaled(precision: DecimalNumber.digitLimit, scale: 0, excess: .truncate)
        guard case .value(let value) = whole else { return }
        wholeDigits = max(wholeDigits, String(value.magnitude).utf8.count)
        if Int32(exactly: value) == nil { isNarrow = false }
        if Int64(exactly: value) == nil { isLong = false }
    }

    var wholeGuess: InferredColumn.Guess {
        if isNarrow { return .init(logicalType: "integer", physicalType: "INTEGER") }
        if isLong { return .init(logicalType: "integer", physicalType: "BIGINT") }
        var guess = InferredColumn.Guess(logicalType: "number", physicalType: "DECIMAL(38,0)")
        guess.decimals = (38, 0)
        return guess
    }
}

/// What is needed to try values: numbers with a point, numbers with a comma, and one reader for each format.
struct InferenceReaders {
    let point: NumberParser
    let comma: NumberParser
    let formats: [DateParser]

    init() {
        point = NumberParser(decimalSeparator: 0x2E, group: [0x2C], affixes: ["R$", "$"])
        comma = NumberParser(decimalSeparator: 0x2C, group: [0x2E], affixes: ["R$", "$"])
        formats = InferredColumn.formats.map { DateParser($0) }
    }
}
