import NDJSON
import Testing

/// The verdict on one line: nil when it is accepted.
private func problem(_ line: [UInt8]) -> JSONError.Problem? {
    var view = RecordView()
    do throws(JSONError) {
        try view.parse(line.span.bytes)
        return nil
    } catch {
        return error.problem
    }
}

@Suite struct RecordViewTests {
    @Test(arguments: [
        "{}", " { } ", #"{"a":1}"#, #"{"a":-0}"#, #"{"a":0.5e-10}"#, #"{"a":1E400}"#, #"{"a":[]}"#,
        #"{"a":[1,[2,{"b":null}]]}"#, #"{"a":"\u0041\n\"\\\/"}"#, #"{"a":"\uD83D\uDE00"}"#, #"{"a":"é€😀"}"#,
        #"{"a":true,"A":false}"#, #"{"":1}"#, "{\"a\":1}\r", #"{"a":123456789012345678901234567890123456789012}"#,
        "{\"a\":\"\u{2028}\u{7F}\"}",
    ])
    func acceptedLines(line: String) { #expect(problem(Array(line.utf8)) == nil) }

    @Test(arguments: [
        ("", JSONError.Problem.unexpectedEnd), ("   ", .unexpectedEnd), ("{", .unexpectedEnd), ("[]", .notAnObject),
        ("1", .notAnObject), ("\"x\"", .notAnObject), ("{}{}", .trailingBytes), ("{} x", .trailingBytes),
        (#"{"a"}"#, .unexpectedByte), (#"{"a":}"#, .unexpectedByte), (#"{"a":1,}"#, .unexpectedByte),
        (#"{a:1}"#, .unexpectedByte), (#"{'a':1}"#, .unexpectedByte), (#"{"a":01}"#, .badNumber),
        (#"{"a":1.}"#, .badNumber), (#"{"a":.5}"#, .unexpectedByte), (#"{"a":+1}"#, .unexpectedByte),
        (#"{"a":1e}"#, .badNumber), (#"{"a":-}"#, .badNumber), (#"{"a":NaN}"#, .unexpectedByte),
        (#"{"a":Infinity}"#, .unexpectedByte), (#"{"a":tru}"#, .unexpectedByte), (#"{"a":"x"#, .unexpectedEnd),
        (#"{"a":"\x"}"#, .badEscape), (#"{"a":"\u12G4"}"#, .badEscape), (#"{"a":"\uD800"}"#, .loneSurrogate),
        (#"{"a":"\uD800\u0041"}"#, .loneSurrogate), (#"{"a":"\uDC00"}"#, .loneSurrogate), (#"{"a":"\u0000"}"#, .nul),
        ("{\"a\":\"\u{1}\"}", .controlCharacter), ("{\"a\":\"\t\"}", .controlCharacter),
        (#"{"a":1,"a":2}"#, .duplicateKey), (#"{"id":1,"\u0069d":2}"#, .duplicateKey),
        (#"{"x":{"a":1,"a":2}}"#, .duplicateKey), ("\u{FEFF}{}", .unexpectedByte), (#"{"a":1 /*c*/}"#, .unexpectedByte),
    ])
    func refusedLines(line: String, expected: JSONError.Problem) { #expect(problem(Array(line.utf8)) == expected) }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC3], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xE2, 0x82],
        ] as [[UInt8]])
    func invalidUTF8IsRefused(bytes: [UInt8]) {
        #expect(problem(Array(#"{"a":"12345678"#.utf8) + bytes + Array(#""}"#.utf8)) == .invalidUTF8)
    }

    @Test func nestingIsBounded() {
        func nested(_ depth: Int) -> [UInt8] {
            Array("{\"a\":".utf8) + [UInt8](repeating: 0x5B, count: depth) + [UInt8](repeating: 0x5D, count: depth) + [
                0x7D
            ]
        }
        #expect(problem(nested(127)) == nil)
        #expect(problem(nested(128)) == .tooDeep)
        #expect(problem(nested(100_000)) == .tooDeep)
    }

    @Test func rangesNameTheBytesOfTheLine() throws {
        let line = Array(#"{"a":"x\n", "b" : -1.50 ,"c":[1,2]}"#.utf8)
        var view = RecordView()
        try view.parse(line.span.bytes)
        let found = view.fields.map { field in
            "\(String(decoding: line[field.key], as: UTF8.self))=\(String(decoding: line[field.value], as: UTF8.self))"
        }
        #expect(found == ["a=x\\n", "b=-1.50", "c=[1,2]"])
        #expect(view.fields.map(\.kind) == [.escapedString, .number, .array])
    }

    @Test func unchangedKeysAreRecognisedAndChangedOnesCheckedAgain() throws {
        var view = RecordView()
        func parse(_ line: String) throws -> Bool {
            try view.parse(Array(line.utf8).span.bytes)
            return view.keysAreUnchanged
        }
        #expect(try !parse(#"{"a":1,"b":2}"#))
        #expect(try parse(#"{"a":3,"b":4}"#))
        #expect(try !parse(#"{"b":3,"a":4}"#))
        #expect(try !parse(#"{"b":3}"#))
        #expect(try !parse(#"{"b":3,"a":4}"#))
        #expect(throws: JSONError.self) { try parse(#"{"b":3,"a":4,"a":5}"#) }
        #expect(try parse(#"{"b":3,"a":4}"#))
    }

    @Test func aLineThatEndsAnywhereIsAnErrorAndNeverACrash() {
        let line = Array(#"{"k\u00e9y":["\uD83D\uDE00",-1.5e+3,true,null,{"x":"é"}]}"#.utf8)
        for length in 0..<line.count { #expect(problem(Array(line[..<length])) != nil) }
    }
}
