import Testing

@testable import clean

@Suite struct CleanTextTests {
    @Test(arguments: [
        ("\" a \"", "\"a\""), ("\"\\u00a0\\u3000a b\\t\"", "\"a b\""), ("\"\\u00a0\"", "null"), ("\"\"", "null"),
        ("\"a\\u200bb\"", "\"ab\""), ("\"\\ufeffa\"", "\"a\""), ("\"a\\u200db\"", "\"a\u{200D}b\""),
        ("\"e\\u0301\"", "\"é\""), ("\"é\"", "\"é\""), ("\"e\\u200b\\u0301\"", "\"é\""), ("\"a\\nb\"", "\"a\\nb\""),
        ("\"\\u0001 a\"", "\"a\""), ("\"q\\\"\\\\\\/\"", "\"q\\\"\\\\/\""), ("\"\\u0041\"", "\"A\""),
        ("1.10", "\"1.10\""),
        ("true", "\"true\""), ("{}", "[type.container]"), ("\"\\ud83d\\ude00\"", "\"😀\""), ("\"\\u001f\"", "null"),
        ("\"x\\u2028y\"", "\"x\u{2028}y\""),
    ])
    func `texts are normalised, stripped and trimmed by default`(json: String, expected: String) throws {
        #expect(try Outcome.value(json, TestContract.column("VARCHAR")) == expected)
    }

    @Test(arguments: [
        ("[trim, squeeze]", "\" a \\n\\u00a0 b \"", "\"a b\""), ("[lower]", "\"ÁB\"", "\"áb\""),
        ("[upper]", "\"straße\"", "\"STRASSE\""),
        ("[lower]", "\"J\\u030c\"", "\"ǰ\""), ("[{stripChars: './-'}]", "\"123.456.789-09\"", "\"12345678909\""),
        ("[{stripChars: '*'}]", "\"* a *\"", "\"a\""), ("[{padLeft: {width: 5, with: '0'}}]", "1310", "\"01310\""),
        ("[{padLeft: {width: 5, with: '0'}}]", "\"12AB\"", "\"12AB\""),
        ("[{padLeft: {width: 5, with: '0'}}]", "\"123456\"", "\"123456\""),
        ("[{padLeft: {width: 5, with: '0'}}]", "\"\"", "null"),
        ("[{replace: {regex: '[^0-9]+', with: '-'}}]", "\"a1bb2\"", "\"-1-2\""),
        ("[{replace: {regex: '^0+', with: ''}}]", "\"00100\"", "\"100\""),
        ("[{replace: {regex: 'a', with: 'aa'}}]", "\"a\"", "[rule.custom]"),
        ("[{extract: {regex: '([0-9]+)', group: 1}}]", "\"no 42 x\"", "\"42\""),
        ("[{extract: {regex: '([0-9]+)', group: 1}}]", "\"none\"", "\"none\""), ("[nfkc]", "\"ﬁ²\"", "\"fi2\""),
        ("[fixMojibake]", "\"SÃ£o Paulo\"", "\"São Paulo\""), ("[fixMojibake]", "\"São Paulo\"", "\"São Paulo\""),
    ])
    func `operations run in order until nothing changes`(operations: String, json: String, expected: String) throws {
        #expect(try Outcome.value(json, TestContract.column("VARCHAR", cleaning: "ops: \(operations)")) == expected)
    }

    @Test(arguments: [
        ("\"NULL\"", "null"), ("\"null\"", "\"null\""), ("\" - \"", "null"), ("\"#N/A\"", "null"), ("\"\"", "null"),
        ("\"Null\"", "\"Null\""), ("null", "null"),
    ])
    func `null tokens are exact and compared after the operations`(json: String, expected: String) throws {
        let dataset = try TestContract.column("VARCHAR", schema: "nullTokens: ['', 'NULL', '-', '#N/A']")
        #expect(try Outcome.value(json, dataset) == expected)
    }

    @Test func `null tokens may ignore case, and the empty text may stay`() throws {
        let tokens = try TestContract.column(
            "VARCHAR", schema: "nullTokens: ['nÃo'], nullTokensIgnoreCase: true, emptyString: keep")
        #expect(try Outcome.value("\"NÃO\"", tokens) == "null")
        #expect(try Outcome.value("\"  \"", tokens) == "\"\"")
    }

    @Test(arguments: [
        ("-1", "null"), ("\"-1\"", "null"), ("\"-01\"", "null"), ("1", "1"), ("99", "9"), ("\"099\"", "9"),
    ])
    func `tokens and map meet canonical values too`(json: String, expected: String) throws {
        let dataset = try TestContract.column("BIGINT", cleaning: "nullTokens: ['-1'], map: {'99': '9'}")
        #expect(try Outcome.value(json, dataset) == expected)
    }

    @Test(arguments: [
        ("\"cancelled\"", "\"canceled\""), ("\" CANCELLED\"", "\"canceled\""), ("\"canceled\"", "\"canceled\""),
    ])
    func `a map is applied once, after the operations`(json: String, expected: String) throws {
        let dataset = try TestContract.column("VARCHAR", cleaning: "ops: [lower], map: {cancelled: canceled}")
        #expect(try Outcome.value(json, dataset) == expected)
    }

    @Test(arguments: ["map: {a: ' b'}", "map: {a: ''}", "ops: [upper], map: {A: b}"])
    func `a map whose target would be cleaned again is refused`(cleaning: String) throws {
        #expect(throws: (any Error).self) {
            _ = try CleaningPlan(try TestContract.column("VARCHAR", cleaning: cleaning))
        }
    }

    @Test(arguments: [
        ("\"ab\"", "[length.min]"), ("\"abc\"", "\"abc\""), ("\"ééé\"", "\"ééé\""), ("\"abcdef\"", "[length.max]"),
        ("\"éééééé\"", "[length.max]"), ("\"😀😀😀\"", "\"😀😀😀\""), ("\"éé\"", "[length.min]"),
    ])
    func `lengths count characters`(json: String, expected: String) throws {
        #expect(try Outcome.value(json, TestContract.column("VARCHAR(5)", options: "minLength: 3")) == expected)
    }

    @Test func `a short id is too short and no match`() throws {
        let dataset = try TestContract.column(
            "VARCHAR(32)", options: "minLength: 32, maxLength: 32, pattern: '^[0-9a-f]{32}$'", cleaning: "ops: [lower]")
        #expect(try Outcome.value("\"abc\"", dataset) == "[length.min pattern]")
        #expect(
            try Outcome.value("\"0123456789ABCDEF0123456789abcdef\"", dataset) == "\"0123456789abcdef0123456789abcdef\""
        )
        #expect(try Outcome.value("\"O123456789abcdef0123456789abcdef\"", dataset) == "[pattern]")
    }

    @Test func `allowed values`() throws {
        let rule = "quality: [{id: q, metric: invalidValues, mustBe: 0, arguments: {validValues: [a, b]}}]"
        let dataset = try TestContract.column("VARCHAR", extra: rule)
        #expect(try Outcome.value("\"a\"", dataset) == "\"a\"")
        #expect(try Outcome.value("\"c\"", dataset) == "[enum]")
        #expect(try Outcome.value("null", dataset) == "null")
    }

    @Test(arguments: [
        ("email", "\"ana@example.com\"", true), ("email", "\"ana@example\"", false),
        ("email", "\"a b@example.com\"", false),
        ("email", "\"ana@@example.com\"", false), ("email", "\".ana@example.com\"", false),
        ("email", "\"ana@-x.com\"", false),
        ("uuid", "\"123e4567-e89b-12d3-a456-426614174000\"", true),
        ("uuid", "\"123e4567e89b12d3a456426614174000\"", false),
        ("luhn", "\"4539578763621486\"", true), ("luhn", "\"4539578763621487\"", false),
        ("iban", "\"GB82WEST12345698765432\"", true), ("iban", "\"GB83WEST12345698765432\"", false),
        ("uri", "\"https://example.com/a?b=c\"", true), ("uri", "\"example.com\"", false),
        ("uri", "\"ht tp://x\"", false),
    ])
    func `formats that need more than a pattern`(check: String, json: String, isGood: Bool) throws {
        let dataset = try TestContract.column("VARCHAR", cleaning: "check: \(check)")
        #expect(try Outcome.value(json, dataset) == (isGood ? json : "[format.\(check)]"))
    }

    @Test(arguments: [
        ("reject", "[pattern]", 0, 0), ("null", "null", 1, 0), ("keep", "\"x\"", 0, 1),
    ])
    func `a failed value is refused, nulled or kept`(action: String, expected: String, nulled: Int, kept: Int) throws {
        let dataset = try TestContract.column(
            "VARCHAR", options: "pattern: '^[0-9]+$'", cleaning: "onFail: '\(action)'")
        #expect(try Outcome.value("\"x\"", dataset) == expected)
        let warnings = try Outcome(of: ["{\"v\":\"x\"}"], dataset).warnings
        #expect(warnings.nulledValues == nulled)
        #expect(warnings.keptValues == kept)
    }

    @Test func `a default stands for null`() throws {
        let dataset = try TestContract.column("DECIMAL(5,2)", cleaning: "default: '0.00', nullTokens: ['-']")
        #expect(try Outcome.value("null", dataset) == "0.00")
        #expect(try Outcome.value("\"-\"", dataset) == "0.00")
    }

    @Test(arguments: [
        ("{ \"a\" : 1.10, \"b\": [ \"\\u0041\" ] }", "{\"a\":1.10,\"b\":[\"A\"]}"),
        ("9007199254740993", "9007199254740993"),
        ("\"x\"", "\"x\""), ("true", "true"), ("null", "null"),
    ])
    func `VARIANT keeps any JSON with its numbers' spelling`(json: String, expected: String) throws {
        #expect(try Outcome.value(json, TestContract.column("VARIANT")) == expected)
    }
}
