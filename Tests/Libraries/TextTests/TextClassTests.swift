import Bytes
import Testing
import Text

/// Macros cannot hold a span: it is made outside of them.
private func reading<Result>(_ text: String, _ read: (RawSpan) -> Result) -> Result {
    read(Array(text.utf8).span.bytes)
}

private func writing(_ text: String, _ write: (RawSpan, inout ByteBuffer) -> Void) -> String {
    var output = ByteBuffer()
    write(Array(text.utf8).span.bytes, &output)
    return output.bytes.text
}

@Suite struct TextClassTests {
    /// What the pass of eight bytes at a time must find, byte by byte.
    private func expected(_ bytes: [UInt8]) -> TextClass {
        var kinds: TextClass = []
        for byte in bytes {
            switch byte {
            case 0x00..<0x20, 0x7F: kinds.insert(.control)
            case 0x41...0x5A: kinds.insert(.upper)
            case 0x61...0x7A: kinds.insert(.lower)
            case 0x20: kinds.insert(.space)
            case 0x80...: kinds.insert(.nonASCII)
            default: break
            }
        }
        if bytes.first == 0x20 || bytes.last == 0x20 { kinds.insert(.outerSpace) }
        return kinds
    }

    @Test func `every byte is told at every place`() {
        for length in 1...19 {
            for place in 0..<length {
                for byte in UInt8.min...UInt8.max {
                    var bytes = [UInt8](repeating: 0x30, count: length)
                    bytes[place] = byte
                    let found = TextClass(of: bytes.span.bytes)
                    if found != expected(bytes) {
                        Issue.record("byte \(byte) at \(place) of \(length): \(found.rawValue)")
                        return
                    }
                }
            }
        }
    }

    @Test func `neighbours do not disturb each other`() {
        for first in UInt8.min...UInt8.max {
            for second in UInt8.min...UInt8.max {
                let bytes = [0x31, first, second, 0x31, 0x31, 0x31, second, first, 0x31]
                if TextClass(of: bytes.span.bytes) != expected(bytes) {
                    Issue.record("bytes \(first) and \(second)")
                    return
                }
            }
        }
    }
}

@Suite struct TextFormsTests {
    @Test(arguments: [
        ("", ""), ("a", "a"), (" \t\r\n\u{0B}\u{0C}a b\u{85}\u{A0}", "a b"), ("\u{3000}\u{2009}\u{FEFF}x", "\u{FEFF}x"),
        ("\u{A0}\u{A0}", ""), ("é ", "é"), ("\u{1680}é\u{205F}", "é"), ("\u{200B}a", "\u{200B}a"),
    ])
    func `white space goes at both ends`(text: String, expected: String) {
        #expect(writing(text) { $1.append($0.extracting(WhiteSpace.trimmed($0))) } == expected)
    }

    @Test(arguments: [("a  b", "a b"), (" a\t\u{A0} b\n", " a b "), ("", ""), ("ab", "ab")])
    func `runs of white space become one space`(text: String, expected: String) {
        #expect(writing(text) { WhiteSpace.squeeze($0, into: &$1) } == expected)
    }

    @Test(arguments: [
        ("a\u{0}b\u{1F}c", "abc"), ("a\tb\nc\rd", "a\tb\nc\rd"), ("a\u{7F}\u{80}\u{9F}b", "ab"),
        ("\u{FEFF}\u{200B}\u{2060}\u{AD}x", "x"), ("\u{200E}\u{202E}\u{2066}x\u{2069}", "x"),
        ("\u{200C}\u{200D}", "\u{200C}\u{200D}"), ("👩\u{200D}💻", "👩\u{200D}💻"),
    ])
    func `invisible characters go, joiners stay`(text: String, expected: String) {
        #expect(writing(text) { InvisibleCharacters.strip($0, into: &$1) } == expected)
    }

    @Test(arguments: [
        ("e\u{301}", "é", "é"), ("ﬁ", "ﬁ", "fi"), ("Å", "Å", "Å"), ("x²", "x²", "x2"), ("각", "각", "각"),
        ("\u{1E9B}\u{323}", "\u{1E9B}\u{323}", "\u{1E69}"),
        (
            String(repeating: "e\u{301}", count: 500), String(repeating: "é", count: 500),
            String(repeating: "é", count: 500)
        ),
    ])
    func `normal forms`(text: String, nfc: String, nfkc: String) {
        var normalization = Normalization()
        for (form, expected) in [(Normalization.Form.nfc, nfc), (.nfkc, nfkc)] {
            var output = ByteBuffer()
            let isDone = normalization.append(form, of: Array(text.utf8).span.bytes, to: &output)
            #expect(isDone)
            let bytes = output.bytes.array
            #expect(bytes == Array(expected.utf8))
        }
    }

    @Test(arguments: [("abcÀÿ", true), ("e\u{301}", false), ("\u{2FF}", true), ("\u{300}", false), ("😀", false)])
    func `texts below the first combining mark need no normalisation`(text: String, expected: Bool) {
        #expect(reading(text, Normalization.isSurelyNFC) == expected)
    }

    @Test(arguments: [
        ("ABCxyz19", "abcxyz19", "ABCXYZ19"), ("ÀÉÇ", "àéç", "ÀÉÇ"), ("straße", "straße", "STRASSE"), ("I", "i", "I"),
        ("ΣΑΣ", "σασ", "ΣΑΣ"), ("😀", "😀", "😀"),
    ])
    func `case follows Unicode's default mapping`(text: String, lower: String, upper: String) {
        #expect(writing(text) { CaseMapping.appendLower($0, to: &$1) } == lower)
        #expect(writing(text) { CaseMapping.appendUpper($0, to: &$1) } == upper)
    }

    @Test(arguments: [
        ("SÃ£o Paulo", "São Paulo"), ("São Paulo", nil), ("plain", nil), ("â‚¬ 5", "€ 5"), ("Ã", nil), ("日本", nil),
        ("Ã\u{81}", "Á"),
    ])
    func `mojibake is repaired only as a whole`(text: String, expected: String?) {
        var output = ByteBuffer()
        let isRepaired = Mojibake.appendRepaired(Array(text.utf8).span.bytes, to: &output)
        let result = isRepaired ? output.bytes.text : nil
        #expect(result == expected)
        if !isRepaired {
            let isEmpty = output.isEmpty
            #expect(isEmpty)
        }
    }

    @Test(arguments: [("", 0), ("abc", 3), ("éé", 2), ("😀a", 2)])
    func `characters are counted as scalars`(text: String, expected: Int) {
        #expect(reading(text, ScalarReader.count) == expected)
    }
}
