import NDJSON
import TestSupport
import Testing

/// A line of the shape of the line before is read on a shorter way, which must not show.
@Suite struct LineShapeTests {
    private func read(_ view: inout RecordView, _ line: [UInt8]) -> String {
        do throws(JSONError) {
            try view.parse(line.span.bytes)
        } catch {
            return "\(error.problem) at \(error.offset)"
        }
        return view.fields.map { field in
            "\(field.key)\(field.keyHasEscapes)\(field.value)\(field.kind)"
        }.joined(separator: " ")
    }

    static let values: [String] = [
        "1", "-0", "0", "10", "-1.5", "0.25", "1e5", "-1E-5", "12345678901234567890", "true", "false", "null", "[]",
        "[1,{\"x\":[2]}]", "{}", "{\"a\":1}", "\"\"", "\"a\"", "\"1234567\"", "\"12345678\"", "\"123456789\"",
        "\"caf\u{e9} \u{1F600}\"", "\"\u{e9}\"", "\"1234567\u{e9}\"", "\"a\\nb\"", "\"12345678\\u00e9\"", "\"\\\"\"",
        "\"x\u{7F}\"", "\"\u{2028}\"",
        // What is no JSON value.
        "", "-", "01", "1.", ".5", "+1", "1e", "tru", "trux", "nul", "fals", "NaN", "\"", "\"abc", "\"\\x\"", "\"\t\"",
        "\"1234567\t\"", "\"\\u0000\"", "\"\\ud800\"", "[1", "{\"a\":1,\"a\":2}", "1 2", "\"a\"b", "'a'", "\"a\nb\"",
    ]

    static let frames: [(String, String, String)] = [
        (#"{"a":"#, #","b":"#, "}"), (#"{ "a" : "#, #" , "long key with \u0020": "#, " }\r"),
        (#"{"a":"#, #","b":"#, ",\"c\":1}"),
        (#"{"a":"#, #","b":"#, "} "), (#"{"a":"#, #" ,"b":"#, "}"),
    ]

    @Test(arguments: frames) func theVerdictAndTheFieldsAreThoseOfAFreshView(first: String, second: String, end: String)
    {
        var used = RecordView()
        for one in Self.values {
            for other in ["7", "\"text of some length\"", one] {
                let line = Array((first + one + second + other + end).utf8)
                // Whatever came before, a good line of the shape stands directly before this one.
                _ = read(&used, Array((first + "1" + second + "\"x\"" + end).utf8))
                var fresh = RecordView()
                #expect(read(&used, line) == read(&fresh, line), "\(first)\(one)\(second)\(other)\(end)")
                // And the one after is not misled by it.
                let next = Array((first + "2" + second + "null" + end).utf8)
                var other = RecordView()
                #expect(read(&used, next) == read(&other, next))
            }
        }
    }

    @Test func otherShapesAreReadAnew() {
        let lines = [
            #"{"a":1,"b":2}"#, #"{"a":1}"#, #"{"a":1,"b":2,"c":3}"#, "{}", #"{"b":2,"a":1}"#, #"{"a":1,"bb":2}"#,
            #"{"a":1 ,"b":2}"#, #"{"a": 1,"b":2}"#, #"{"a":1,"b":2} "#, #"{"a":1,"b":2}x"#, #"{"a":1,"b":2"#,
            #"{"a":1,"a":2}"#,
        ].map { Array($0.utf8) }
        for one in lines {
            for other in lines {
                var used = RecordView()
                _ = read(&used, one)
                var fresh = RecordView()
                #expect(read(&used, other) == read(&fresh, other))
            }
        }
    }

    @Test func invalidUTF8IsSeenOnTheShorterWayToo() {
        for bytes in [[0x80], [0xC3], [0xED, 0xA0, 0x80], [0xFF], [0xF4, 0x90, 0x80, 0x80]] as [[UInt8]] {
            var used = RecordView()
            _ = read(&used, Array(#"{"a":"x"}"#.utf8))
            let line = Array(#"{"a":"123456789"#.utf8) + bytes + Array(#"12345678"}"#.utf8)
            var fresh = RecordView()
            #expect(read(&used, line) == read(&fresh, line))
            #expect(read(&fresh, line).hasPrefix("invalidUTF8"))
        }
    }
}
