import Bytes
import Contracts
import NDJSON
import TestSupport
import Testing

@testable import clean

/// Where a quick check says "clean", the cleaner must write the very same and report nothing.
@Suite struct QuickCheckTests {
    /// What the quick check would write, or nil when it asks to look closer.
    private func quickly(_ json: [UInt8], _ kind: JSONKind, _ quick: QuickCheck) -> [UInt8]? {
        let inner = kind.isString ? json[1..<json.count - 1] : json[...]
        switch quick.look(at: Array(inner).span.bytes, kind) {
        case .clean: return json
        case .lacksZeros(let count, let point):
            return json + (point ? [0x2E] : []) + [UInt8](repeating: 0x30, count: count)
        case .lookCloser: return nil
        }
    }

    private func slowly(_ json: [UInt8], _ kind: JSONKind, _ cleaner: FieldCleaner) -> [UInt8]? {
        var workspace = Workspace()
        var output = ByteBuffer()
        let inner = kind.isString ? json[1..<json.count - 1] : json[...]
        let outcome = cleaner.clean(Array(inner).span.bytes, kind, &workspace, to: &output)
        guard workspace.failures.isEmpty, workspace.warnings == WarningCounts() else { return nil }
        switch outcome {
        case .written: return output.bytes.array
        case .null: return cleaner.isRequired || cleaner.defaultJSON != nil ? nil : Array("null".utf8)
        case .failed: return nil
        }
    }

    private static let texts = [
        "", "a", "A", "0", "-", "N/A", "n/a", "null", "abc", "0123456789abcdef0123456789abcdef",
        "0123456789ABCDEF0123456789abcdef",
        "0123456789abcdef0123456789abcdeg", "abcdefgh", "abcdefg ", " abcdefg", "ab  cd", "ab cd", "tab\tx", "é",
        "01310", "1310", "12AB5",
        "true", "false", "9", "99999999", "12345678\u{7F}",
    ]
    private static let numbers = [
        "0", "-0", "1", "-1", "9", "10", "11", "19.9", "19.90", "19.900", "19.999", "0.5", "-0.00", "-0.01",
        "9999999999.99", "10000000000",
        "2147483647", "2147483648", "-2147483648", "-2147483649", "999999999999999999", "1000000000000000000", "1e3",
        "1.0", "0.1e1", "99.99", "100",
        "0.30000000000000004", "00000", "127", "128",
    ].filter { !$0.hasPrefix("00") }
    private static let dates = [
        "2018-01-31", "2018-02-29", "2020-02-29", "2018-13-01", "2018-00-01", "2018-01-00", "0000-01-01", "0001-01-01",
        "9999-12-31", "2018-01-31T12:30:00",
        "2018-01-31 12:30:00", "2018-01-31T24:00:00", "2018-01-31T23:59:59", "2018-01-31T23:60:00",
        "2018-01-31T23:59:60", "2018-02-30T00:00:00",
        "2018-01-31T12:30:00Z", "2018-01-31T12:30:00.5", "2018/01/31T12:30:00", "2018-01-31T12:30:0a",
        "a018-01-31T12:30:00", "2018-1-031T12:30:00",
        "0000-05-01T00:00:00", "2018-01-31t12:30:00", "2018-01-31T12.30:00", "/018-01-31T12:30:00",
        "2018-01-31T1:30:000",
    ]

    private static let columns: [(type: String, options: String, cleaning: String, schema: String, extra: String)] = [
        (
            "VARCHAR(32)", "pattern: '^[0-9a-f]{32}$', minLength: 32", "ops: [lower]", "nullTokens: ['', N/A, '-']",
            "required: true"
        ),
        ("VARCHAR", "", "", "", ""),
        ("VARCHAR(8)", "minLength: 2", "ops: [squeeze, upper]", "nullTokensIgnoreCase: true, nullTokens: [n/a]", ""),
        ("VARCHAR(5)", "pattern: '^[0-9]{5}$'", "ops: [{padLeft: {width: 5, with: '0'}}]", "", ""),
        ("VARCHAR", "", "ops: [{stripChars: '-'}]", "", ""),
        ("VARCHAR", "", "map: {abc: A}, emptyString: keep", "", ""),
        ("VARCHAR", "pattern: 'a'", "onFail: keep", "", ""),
        ("INTEGER", "", "", "", ""), ("INTEGER", "minimum: 1, maximum: 10", "nullTokens: ['9']", "", ""),
        ("BIGINT", "exclusiveMinimum: 1, exclusiveMaximum: 100", "", "", ""),
        ("INTEGER", "multipleOf: 2", "", "", ""), ("INTEGER", "format: i8", "", "", ""),
        ("DECIMAL(12,2)", "minimum: 0", "", "", ""),
        ("DECIMAL(18,0)", "", "", "", ""), ("DECIMAL(4,2)", "maximum: 19.9", "parse: {decimal: ','}", "", ""),
        ("DECIMAL(2,2)", "", "", "", ""),
        ("DECIMAL(38,2)", "", "", "", ""), ("DOUBLE", "", "", "", ""),
        ("BOOLEAN", "", "parse: {trueValues: ['1'], falseValues: ['0']}", "", ""),
        ("BOOLEAN", "", "map: {'true': 'false'}", "", ""),
        ("DATE", "", "minimum: '2018-01-01', maximum: '2018-12-31'", "", ""),
        ("DATE", "", "nullTokens: ['0001-01-01']", "", ""),
        ("TIMESTAMP_NTZ(6)", "", "parse: {formats: ['dd/MM/yyyy']}", "", ""),
        ("TIMESTAMP_NTZ(6)", "", "minimum: '2018-01-31T12:30:01'", "", ""), ("TIMESTAMP_TZ(6)", "", "", "", ""),
        ("TIME", "", "", "", ""), ("VARIANT", "", "", "", ""),
        ("VARCHAR", "", "default: a", "", ""), ("VARCHAR(64)", "", "mask: {method: redact}", "", ""),
    ]

    @Test(arguments: columns.indices)
    func `a quick yes is what the cleaner writes`(number: Int) throws {
        let column = Self.columns[number]
        let dataset = try TestContract.column(
            column.type, options: column.options, cleaning: column.cleaning, schema: column.schema, extra: column.extra)
        let field = dataset.fields[0]
        let quick = QuickCheck(field, mayBeNull: !field.isRequired && field.cleaning.defaultValue == nil)
        let cleaner = try #require(try CleaningPlan(dataset).fields.first)
        var random = SeededRandom(seed: UInt64(number))
        var yes = 0
        func compare(_ json: String, _ kind: JSONKind) {
            let bytes = Array(json.utf8)
            guard let quickly = quickly(bytes, kind, quick) else { return }
            yes += 1
            let slowly = slowly(bytes, kind, cleaner)
            if slowly != quickly {
                Issue.record(
                    "\(column): \(json) is quickly \(String(decoding: quickly, as: UTF8.self)), but \(slowly.map { String(decoding: $0, as: UTF8.self) } ?? "refused")"
                )
            }
        }
        for word in ["null", "true", "false"] {
            compare(word, word == "null" ? .null : word == "true" ? .true : .false)
        }
        for number in Self.numbers { compare(number, .number) }
        for text in Self.texts + Self.dates + Self.numbers where !text.contains("\t") {
            compare("\"\(text)\"", .string)
            // Every character in every place may be another one.
            for _ in 0..<40 where !text.isEmpty {
                var changed = Array(text.utf8)
                changed[Int.random(in: 0..<changed.count, using: &random)] =
                    [0x20, 0x30, 0x39, 0x3A, 0x2F, 0x2D, 0x61, 0x41, 0x7F].randomElement(using: &random) ?? 0
                compare("\"\(String(decoding: changed, as: UTF8.self))\"", .string)
            }
        }
        let isSimple = !column.cleaning.contains("stripChars") && !["DOUBLE", "TIME", "VARIANT"].contains(column.type)
        if isSimple, !column.extra.contains("required") { #expect(yes > 0) }
    }

    @Test(arguments: [
        ("^[0-9a-f]{4}$", ["0a9f"], ["0a9g", "0a9", "0a9f0", "0A9f", "", "é9f"]),
        ("^[A-Z]{2}$", ["SP"], ["sp", "S", "SPX", "S["]),
        ("^\\d{1,3}$", ["1", "123"], ["", "1234", "a"]),
        ("^[a-z_]+$", ["a", "abcdefghijklmnopq_"], ["", "abcdefghA", "aaaaaaaaaaaaaaa-"]),
        ("^[a-c][a-c]$", [], []), ("[0-9]{2}", [], []), ("^[^0-9]{2}$", [], []), ("^(ab)$", [], []),
        ("^[0-9]{2}", [], []), ("^[a-fA-F0-9-]{3}$", [], []),
    ])
    func `simple patterns match as regular expressions do`(pattern: String, good: [String], bad: [String]) throws {
        let compiled = try Pattern(pattern)
        let ranges = ByteRanges(compiled)
        #expect((ranges == nil) == good.isEmpty)
        let matcher = try compiled.makeMatcher()
        for (texts, isGood) in [(good, true), (bad, false)] {
            for text in texts {
                let bytes = Array(text.utf8)
                let accepted = ranges?.accept(bytes.span.bytes)
                let matched = matcher.match(text) == .found
                #expect(accepted == isGood)
                #expect(matched == isGood)
            }
        }
    }
}
