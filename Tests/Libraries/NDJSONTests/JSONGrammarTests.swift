import NDJSON
import Testing

/// The grammar of RFC 8259 by cases, in the manner of JSONTestSuite: what every reader must take, what it must refuse, and
/// what the RFC leaves open, with what we do there. The cases are JSON texts; they stand as a member's value in a line.
@Suite struct JSONGrammarTests {
    private func isAccepted(_ line: [UInt8]) -> Bool {
        var view = RecordView()
        do throws(JSONError) {
            try view.parse(line.span.bytes)
            return true
        } catch {
            return false
        }
    }

    private func isAccepted(_ value: String) -> Bool { isAccepted(Array("{\"v\":\(value)}".utf8)) }

    /// y_: arrays, objects, numbers, strings, literals and white space.
    @Test(arguments: [
        "[[]   ]", "[\"\"]", "[]", "[\"a\"]", "[false]", "[null, 1, \"1\", {}]", "[null]", "[1 ]",
        "[1,null,null,null,2]", "[2] ",
        "[ 4 , 5\t,\r6 ]", "[123e65]", "[0e+1]", "[0e1]", "[ 4]",
        "[-0.000000000000000000000000000000000000000000000001]",
        "[20e1]", "[-0]", "[-123]", "[-1]", "[1E22]", "[1E-2]", "[1E+2]", "[123e45]", "[123.456e78]", "[1e-2]",
        "[1e+2]", "[123]",
        "[123.456789]", "{\"asd\":\"sdf\", \"dfg\":\"fgh\"}", "{\"asd\":\"sdf\"}", "{}", "{\"\":0}",
        "{\"foo\\u0020bar\": 42}",
        "{ \"min\": -1.0e+28, \"max\": 1.0e+28 }", "{\"x\":[{\"id\": \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}]}",
        "{\"a\":[]}",
        #"["\u0060\u012a\u12AB"]"#, #"["\uD801\udc37"]"#, #"["\ud83d\ude39\ud83d\udc8d"]"#, #"["\"\\\/\b\f\n\r\t"]"#,
        #"["\\u0001"]"#,
        #"["\""]"#, "[\"a/*b*/c/*d//e\"]", #"["\\a"]"#, #"["\\n"]"#, #"["\u0012"]"#, #"["\uFFFF"]"#, "[ \"asd\"]",
        #"["\uDBFF\uDFFF"]"#,
        #"["new\u000Aline"]"#, "[\"\u{10FFFF}\"]", "[\"\u{FFFE}\"]", "[\"\u{2028}\u{2029}\"]", "[\"\u{7F}\"]",
        #"["\u002c"]"#, "[\"π\"]",
        "[\"asd \"]", "\" \"", #"["\u0821"]"#, #"["\u0123"]"#, #"["\u0061\u30af\u30EA\u30b9"]"#, "[\"⍂㈴⍂\"]",
        #"["\uA66D"]"#, "false", "42", "-0.1", "null", "\"asd\"", "true", "[\"a\"]\r", "[true]", " [] ",
        "[1,\t2]", "[  ]",
    ])
    func mustBeTaken(value: String) { #expect(isAccepted(value)) }

    /// n_: what looks like JSON and is none.
    @Test(arguments: [
        "[1 true]", "[\"\": 1]", "[\"\"],", "[,1]", "[1,,2]", "[\"x\",,]", "[\"x\"]]", "[\"\",]", "[\"x\"", "[x",
        "[3[4]]", "[1:2]",
        "[,]", "[-]", "[   , \"\"]", "[1,", "[1,]", "[1,,]", "[*]", "[\"\"", "[", "[fals]", "[nul]", "[tru]",
        "[++1234]", "[+1]",
        "[+Inf]", "[-01]", "[-1.0.]", "[-2.]", "[-NaN]", "[.-1]", "[.2e-3]", "[0.1.2]", "[0.3e+]", "[0.3e]", "[0.e1]",
        "[0E+]", "[0E]",
        "[0e+]", "[0e]", "[1.0e+]", "[1.0e-]", "[1.0e]", "[1 000.0]", "[1eE2]", "[2.e+3]", "[2.e-3]", "[2.e3]",
        "[9.e+]", "[Inf]",
        "[NaN]", "[\u{FF11}]", "[1+2]", "[0x1]", "[0x42]", "[Infinity]", "[0e+-1]", "[-123.123foo]", "[-Infinity]",
        "[-foo]", "[- 1]",
        "[-012]", "[-.123]", "[-1x]", "[1ea]", "[1a]", "[1.]", "[.123]", "[1.2a-3]", "[1.8011670033376514H-308]",
        "[012]", "[--1]",
        "[\"x\", truth]", "{[: \"x\"}", "{\"x\", null}", "{\"x\"::\"b\"}", "{\"a\":\"a\" 123}", "{key: 'value'}",
        "{\"id\":0,}",
        "{\"a\":\"b\",,\"c\":\"d\"}", "{1:1}", "{9999E9999:1}", "{null:null,null:null}", "{\"id\":0,,,,,}", "{'a':0}",
        "{\"a\" b}",
        "{:\"b\"}", "{\"a\" \"b\"}", "{\"a\":", "{\"a\"", "{\"a\":\"a", "{a: \"b\"}", "{\"a\":\"b\"}/**/",
        "{\"a\":\"b\"}#", "{\"a\":\"b\"}//",
        "{\"a\":/*comment*/\"b\"}", "{ \"foo\" : \"bar\", \"a\" }", "{\"a\":\"b\",}", " ", "", #"["\uD800\"]"#,
        #"["\uD800\u"]"#,
        #"["\uD800\u1"]"#, #"["\uD800\u1x"]"#, "[é]", #"["\x00"]"#, #"["\\\"]"#, "[\"\\\t\"]", #"["\🌀"]"#, #"["\"]"#,
        #"["\u00A"]"#,
        #"["\uD834\uDd"]"#, #"["\uD800\uD800\x"]"#, #"["\a"]"#, #"["\uqqqq"]"#, "[\\u0020\"asd\"]", "[\\n]", "\"",
        "['single quote']", "abc",
        #"["\"#, "[\"a\u{A}a\"]", "[\"\t\"]", #""\UA66D""#, "\"\"x", "<.>", "[<null>]", "[1]x", "[1]]", "[\"asd]", "aå",
        "[True]", "1]",
        "{\"x\": true,", "[][]", "]", "{}}", "[1", "[ false, nul", "[ true, fals", "[ false, tru", "{\"asd\":\"asd\"",
        "å", "[\u{2060}]",
        "\u{FEFF}", "[\u{C}]", "[\u{A0}]", "nulls", "truefalse", "-", "+", "\"\u{1F}\"", "[\u{B}1]",
        "{\"a\":1;\"b\":2}", "(1)", "1 2",
    ])
    func mustBeRefused(value: String) { #expect(!isAccepted(value)) }

    /// Bytes that are no UTF-8, in strings and outside.
    @Test(
        arguments: [
            [0x5B, 0xFF, 0x5D], [0x22, 0xE5, 0x22], [0x22, 0x81, 0x22], [0x22, 0xF4, 0xBF, 0xBF, 0xBF, 0x22],
            [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xFC, 0x83, 0xBF, 0xBF, 0xBF, 0xBF, 0x22],
            [0x22, 0xE6, 0x97, 0xA5, 0xD1, 0x88, 0xFA, 0x22],
            [0x31, 0xE5], [0x5B, 0x31, 0x65, 0x31, 0xE5, 0x5D], [0x22, 0xE0, 0xFF, 0x22], [0x22, 0x5C, 0xE5, 0x22],
            [0x22, 0x5C, 0x75, 0x30, 0x30, 0x30, 0xE5, 0x22], [0x00], [0x5B, 0x00, 0x5D], [0x22, 0x00, 0x22],
            [0xFE, 0xFF],
        ] as [[UInt8]])
    func bytesThatAreNoTextAreRefused(value: [UInt8]) {
        #expect(!isAccepted(Array("{\"v\":".utf8) + value + [0x7D]))
    }

    /// i_: left open. Numbers are kept as their text, whatever their size; what other readers take in different ways is refused.
    @Test(arguments: [
        ("[123.456e-789]", true),
        ("[0.4e00669999999999999999999999999999999999999999999999999999999999999969999999006]", true),
        ("[-1e+9999]", true), ("[1.5e+9999]", true), ("[-123123e100000]", true),
        ("[123123123123123123123123123123]", true),
        ("[-237462374673276894279832749832423479823246327846]", true), ("[100000000000000000000]", true),
        (#"["\uDADA"]"#, false), (#"["\uD888\u1234"]"#, false), (#"["\uD800\n"]"#, false), (#"["\uDd1ea"]"#, false),
        (#"["\uD800\uD800\n"]"#, false), (#"["\ud800"]"#, false), (#"["\ud800abc"]"#, false),
        (#"["\uDd1e\uD834"]"#, false), (#"["\uDFAA"]"#, false),
        ("{\"a\":\"b\",\"a\":\"c\"}", false), ("{\"a\":\"b\",\"a\":\"b\"}", false), (#"["\u0000"]"#, false),
    ])
    func whatIsLeftOpen(value: String, isTaken: Bool) { #expect(isAccepted(value) == isTaken) }

    @Test func nestingIsTakenTo128Levels() {
        func nested(_ open: String, _ close: String, _ depth: Int) -> String {
            String(repeating: open, count: depth) + String(repeating: close, count: depth)
        }
        // The line's own object is one level.
        #expect(isAccepted(nested("[", "]", 127)))
        #expect(!isAccepted(nested("[", "]", 128)))
        #expect(!isAccepted(nested("[", "]", 100_000)))
        #expect(!isAccepted(String(repeating: "[", count: 100_000)))
        #expect(!isAccepted(String(repeating: "{\"\":[", count: 50_000)))
    }

    /// Every structure ends with the line's object; nothing else may be the line.
    @Test(arguments: [
        "[]", "1", "null", "true", "\"a\"", "{}{}", "{} {}", "{},", "{}]", "\u{FEFF}{}", "{}\u{0}",
        "{\"a\":1}\n{\"a\":1}",
    ])
    func aLineIsOneObject(line: String) { #expect(!isAccepted(Array(line.utf8))) }
}
