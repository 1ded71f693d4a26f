import NDJSON
import Testing

@Suite struct JSONValueTests {
    @Test(arguments: [
        "null", "true", "-1.50", "1e3", "123456789012345678901234567890", #""a\"\\\n\u0001é""#, "[]", "{}",
        #"{"z":1,"a":[true,{"b":null}],"m":"x"}"#,
    ])
    func whatIsReadIsWrittenAsItWas(text: String) throws {
        #expect(try JSONValue(parsing: Array(text.utf8)).text == text)
    }

    @Test func escapesAreDecoded() throws {
        let value = try JSONValue(parsing: Array(#""\u0041\uD83D\uDE00\/\t""#.utf8))
        #expect(value.string == "A😀/\t")
    }

    @Test(arguments: ["", "{", "[1,]", #"{"a":1,"a":2}"#, "1 2", "nul"])
    func whatIsNotJSONIsRefused(text: String) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: Array(text.utf8)) }
    }

    @Test func deepDocumentsAreRefused() {
        let deep = [UInt8](repeating: 0x5B, count: 100_000)
        #expect(throws: JSONError.self) { try JSONValue(parsing: deep) }
    }

    @Test func membersKeepTheirPlaceAndNilRemoves() {
        var object: JSONObject = ["a": .integer(1), "b": .null]
        object["a"] = .string("x")
        object["c"] = .bool(true)
        #expect(JSONValue.object(object).text == #"{"a":"x","b":null,"c":true}"#)
        object["b"] = nil
        #expect(JSONValue.object(object).text == #"{"a":"x","c":true}"#)
    }
}

@Suite struct JSONTextTests {
    @Test(arguments: [
        (0.1, "0.1"), (100.0, "100"), (-0.0, "-0"), (1e21, "1e+21"), (Double.leastNonzeroMagnitude, "5e-324"),
        (0.1 + 0.2, "0.30000000000000004"),
    ])
    func doublesAreTheShortestText(value: Double, expected: String) {
        var output: [UInt8] = []
        JSONText.appendDouble(value, to: &output)
        #expect(String(decoding: output, as: UTF8.self) == expected)
    }

    @Test func controlsQuotesAndBackslashesAreEscapedAndNothingElse() {
        var output: [UInt8] = []
        JSONText.appendString("\u{0}\u{8}\t\n\u{C}\r\u{1F}\"\\/é\u{2028}", to: &output)
        #expect(String(decoding: output, as: UTF8.self) == "\"\\u0000\\b\\t\\n\\f\\r\\u001f\\\"\\\\/é\u{2028}\"")
    }
}
