import NDJSON
import Testing

@Suite struct JSONWalkTests {
    private func elements(_ text: String) throws -> [String] {
        try Array(text.utf8).withUnsafeBytes { bytes in
            try JSONWalk.elements(of: bytes).map {
                "\($0.kind) \(String(decoding: UnsafeRawBufferPointer(rebasing: bytes[$0.value]), as: UTF8.self))"
            }
        }
    }

    private func members(_ text: String) throws -> [String] {
        try Array(text.utf8).withUnsafeBytes { bytes in
            try JSONWalk.members(of: bytes).map {
                let key = String(decoding: UnsafeRawBufferPointer(rebasing: bytes[$0.key]), as: UTF8.self)
                return
                    "\(key) \($0.kind) \(String(decoding: UnsafeRawBufferPointer(rebasing: bytes[$0.value]), as: UTF8.self))"
            }
        }
    }

    @Test func elementsAreFoundWithTheirKinds() throws {
        #expect(try elements("[]") == [])
        #expect(try elements("[ ]") == [])
        #expect(
            try elements(#"[1, "a" ,null,[2,[3]],{"x":[4]},"\n",true]"#)
                == [
                    "number 1", "string a", "null null", "array [2,[3]]", #"object {"x":[4]}"#, #"escapedString \n"#,
                    "true true",
                ])
    }

    @Test func membersAreFoundWithTheirKeys() throws {
        #expect(try members("{}") == [])
        #expect(try members(#"{"a":1, "b" : {"a":2}}"#) == ["a number 1", #"b object {"a":2}"#])
    }

    @Test func otherValuesAreRefused() {
        for text in ["", "1", "{}", "[1", "[1 2]", "[,]"] { #expect(throws: JSONError.self) { try elements(text) } }
        for text in ["", "1", "[]", "{\"a\":1", "{\"a\"}"] { #expect(throws: JSONError.self) { try members(text) } }
    }
}
