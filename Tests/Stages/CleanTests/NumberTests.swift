import Testing

@testable import clean

@Suite struct NumberTests {
    @Test(arguments: [
        ("19.9", "19.90"), ("\"19.9\"", "19.90"), ("1e3", "1000.00"), ("-0", "0.00"), ("\"-0.00\"", "0.00"),
        ("\"1,234\"", "[parse.decimal]"), ("\"1.234,56\"", "[parse.decimal]"), ("\"abc\"", "[parse.decimal]"),
        ("\"\"", "[parse.decimal]"), ("\" 5 \"", "5.00"), ("\"+5\"", "5.00"), ("\".5\"", "0.50"),
        ("\"5.\"", "[parse.decimal]"), ("1.005", "[range.precision]"), ("\"1.005\"", "[range.precision]"),
        ("1.50000", "1.50"), ("9999999999.99", "9999999999.99"), ("10000000000", "[range.precision]"),
        ("true", "[parse.decimal]"), ("null", "null"), ("[1]", "[type.container]"), ("\"NaN\"", "[parse.decimal]"),
        ("19.989999999999998", "19.99"), ("0.30000000000000004", "0.30"),
        ("\"19.989999999999998\"", "[range.precision]"),
        ("66.65999999999999658939", "[range.precision]"), ("1e401", "[parse.decimal]"),
    ])
    func `a decimal column with a point takes what is exact`(json: String, expected: String) throws {
        let dataset = try TestContract.column("DECIMAL(12,2)", schema: "nullTokens: [N/A]")
        #expect(try Outcome.value(json, dataset) == expected)
    }

    @Test(arguments: [
        ("\"1.234,56\"", "1234.56"), ("\"1,234.56\"", "[parse.decimal]"), ("\"1234,56\"", "1234.56"),
        ("\"1.234.567,8\"", "1234567.80"), ("\"12,34,56\"", "[parse.decimal]"), ("\"1234.567,00\"", "[parse.decimal]"),
        ("\"1.23,00\"", "[parse.decimal]"), ("\".234,00\"", "[parse.decimal]"), ("\"1.234.5\"", "[parse.decimal]"),
        ("\"1.234\"", "1234.00"), ("\"12.3\"", "[parse.decimal]"), ("1234.56", "1234.56"), ("\"R$ 19,90\"", "19.90"),
        ("\"R$\\u00a019,90\"", "19.90"), ("\"R$19,90\"", "19.90"), ("\"19,90 BRL\"", "19.90"),
        ("\"-R$ 5,00\"", "-5.00"), ("\"R$ -5,00\"", "-5.00"), ("\"R$ R$ 5,00\"", "[parse.decimal]"),
        ("\"--5\"", "[parse.decimal]"), ("\"-R$ -5\"", "[parse.decimal]"), ("\"R$\"", "[parse.decimal]"),
        ("\"(12,00)\"", "[parse.decimal]"), ("\"5-\"", "[parse.decimal]"), ("\"12%\"", "[parse.decimal]"),
        ("\"1,5E+3\"", "1500.00"), ("\"1,5e3,0\"", "[parse.decimal]"), ("\"€ 5\"", "[parse.decimal]"),
    ])
    func `a decimal column with a comma takes what it declares`(json: String, expected: String) throws {
        let dataset = try TestContract.column(
            "DECIMAL(12,2)", cleaning: "parse: {decimal: ',', group: '.', strip: ['R$', BRL]}")
        #expect(try Outcome.value(json, dataset) == expected)
    }

    @Test(arguments: [
        ("\"(1.50)\"", "-1.50"), ("\"1.50-\"", "-1.50"), ("\"-(1.50)\"", "[parse.decimal]"),
        ("\"(-1.50)\"", "[parse.decimal]"),
        ("\"-1.50-\"", "[parse.decimal]"), ("\"12%\"", "0.12"), ("\"12.5 %\"", "[range.precision]"),
        ("\"(12%)\"", "-0.12"),
        ("\"12\"", "12.00"), ("0.12", "0.12"), ("\"%\"", "[parse.decimal]"), ("\"()\"", "[parse.decimal]"),
    ])
    func `parentheses, trailing minus and percent count where declared`(json: String, expected: String) throws {
        let dataset = try TestContract.column(
            "DECIMAL(12,2)", cleaning: "parse: {parens: true, trailingMinus: true, percent: true}")
        #expect(try Outcome.value(json, dataset) == expected)
    }

    @Test(arguments: [("round", "1.02"), ("truncate", "1.01"), ("reject", "[range.precision]")])
    func `excess decimals follow the contract`(rule: String, expected: String) throws {
        let dataset = try TestContract.column("DECIMAL(12,2)", cleaning: "parse: {excessScale: \(rule)}")
        #expect(try Outcome.value("\"1.015\"", dataset) == expected)
    }

    @Test(arguments: [
        ("\"12345678901234567890123456789012345678\"", "12345678901234567890123456789012345678"),
        ("12345678901234567890123456789012345678", "12345678901234567890123456789012345678"),
        ("\"123456789012345678901234567890123456789\"", "[range.precision]"),
        ("1234567890123456789012345678901234567890", "[range.precision]"),
    ])
    func `38 digits are exact and more are refused`(json: String, expected: String) throws {
        #expect(try Outcome.value(json, TestContract.column("DECIMAL(38,0)")) == expected)
    }

    @Test func `noise is counted`() throws {
        let outcome = try Outcome(
            of: ["{\"v\":19.989999999999998}", "{\"v\":19.99}"], TestContract.column("DECIMAL(12,2)"))
        #expect(outcome.warnings.excelNoise == 1)
    }

    @Test(arguments: [
        ("1", "1"), ("\"1\"", "1"), ("1.0", "1"), ("1e3", "1000"), ("\"1e3\"", "[parse.integer]"),
        ("\"1.0\"", "[parse.integer]"),
        ("1.5", "[parse.integer]"), ("\"007\"", "7"), ("\"two\"", "[parse.integer]"), ("\"3x\"", "[parse.integer]"),
        ("9007199254740993", "9007199254740993"), ("\"9007199254740993\"", "9007199254740993"),
        ("9223372036854775807", "9223372036854775807"), ("9223372036854775808", "[range.max]"),
        ("-9223372036854775808", "-9223372036854775808"), ("-9223372036854775809", "[range.min]"),
        ("1e40", "[range.max]"), ("true", "[parse.integer]"), ("\"-0\"", "0"), ("-0", "0"), ("\"\"", "[parse.integer]"),
    ])
    func `an integer column takes whole numbers of 64 bits`(json: String, expected: String) throws {
        #expect(try Outcome.value(json, TestContract.column("BIGINT", schema: "nullTokens: [N/A]")) == expected)
    }

    @Test(arguments: [
        ("i8", "127", "128"), ("i16", "32767", "32768"), ("i32", "2147483647", "2147483648"), ("u8", "255", "256"),
    ])
    func `an integer's width is its range`(format: String, largest: String, tooLarge: String) throws {
        let type = format == "i64" ? "BIGINT" : "INTEGER"
        let dataset = try TestContract.column(type, options: "format: \(format)")
        #expect(try Outcome.value(largest, dataset) == largest)
        #expect(try Outcome.value(tooLarge, dataset) == "[range.max]")
    }

    @Test(arguments: [
        ("\"3.0\"", "3"), ("\"3,0\"", "[parse.integer]"), ("\"3.5\"", "[parse.integer]"), ("\"1,234\"", "1234"),
        ("\"1,23\"", "[parse.integer]"), ("\"1,234,567.00\"", "1234567"),
    ])
    func `decimals of zero and groups count where declared`(json: String, expected: String) throws {
        let dataset = try TestContract.column("BIGINT", cleaning: "parse: {integralDecimal: true, group: ','}")
        #expect(try Outcome.value(json, dataset) == expected)
    }

    @Test(arguments: [
        ("\"ff\"", "255"), ("\"FF\"", "255"), ("\"-10\"", "-16"), ("\"fg\"", "[parse.integer]"), ("10", "10"),
    ])
    func `texts in another base`(json: String, expected: String) throws {
        #expect(try Outcome.value(json, TestContract.column("BIGINT", cleaning: "parse: {base: 16}")) == expected)
    }

    @Test(arguments: [
        ("0.1", "0.1"), ("\"1e308\"", "1e+308"), ("1e309", "[parse.number]"), ("\"NaN\"", "[parse.number]"),
        ("\"inf\"", "[parse.number]"), ("-0.0", "0"), ("100.0", "100"), ("1e16", "1e+16"), ("5e-324", "5e-324"),
        ("\"0.1000000000000000055511151231257827\"", "0.1"), ("9007199254740993", "9007199254740992"),
    ])
    func `a double is the nearest one and prints shortest`(json: String, expected: String) throws {
        #expect(try Outcome.value(json, TestContract.column("DOUBLE")) == expected)
    }

    @Test(arguments: [
        ("true", "true"), ("\"TRUE\"", "true"), ("\"Sim\"", "true"), ("\"NÃO\"", "false"), ("\"não\"", "false"),
        ("0", "false"), ("1", "[parse.boolean]"), ("\"false\"", "false"), ("\"x\"", "[parse.boolean]"),
    ])
    func `booleans are the declared words`(json: String, expected: String) throws {
        let dataset = try TestContract.column(
            "BOOLEAN", cleaning: "parse: {trueValues: [sim, 'true'], falseValues: [não, '0']}")
        #expect(try Outcome.value(json, dataset) == expected)
    }

    @Test(arguments: [
        ("5", "5"), ("4", "[range.min]"), ("10", "10"), ("11", "[range.max]"), ("7", "[rule.custom]"),
    ])
    func `ranges and multiples`(json: String, expected: String) throws {
        let dataset = try TestContract.column("INTEGER", options: "minimum: 5, maximum: 10, multipleOf: 5")
        let codes =
            expected == "[range.min]" || expected == "[range.max]"
            ? expected.dropLast() + " rule.custom]" : expected[...]
        #expect(try Outcome.value(json, dataset) == String(codes))
    }

    @Test(arguments: [("0.00", "[range.min]"), ("0.01", "0.01"), ("\"1,00\"", "[parse.decimal]"), ("1", "[range.max]")])
    func `exclusive ends of a range are outside`(json: String, expected: String) throws {
        let dataset = try TestContract.column("DECIMAL(5,2)", options: "exclusiveMinimum: 0, exclusiveMaximum: 1")
        #expect(try Outcome.value(json, dataset) == expected)
    }
}
