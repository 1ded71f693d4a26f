import Bytes
import Testing

@Suite struct Base64Tests {
    // RFC 4648 section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func publishedVectorsBothWays(plain: String, encoded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
        let unpadded = encoded.replacing("=", with: "")
        #expect(Base64.encodeURL(Array(plain.utf8)) == unpadded)
        #expect(Base64.decodeURL(unpadded) == Array(plain.utf8))
    }

    @Test func everyByteValueSurvivesAndTheAlphabetsDifferInTwoDigits() {
        let bytes = (0...255).map { UInt8($0) }
        #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        #expect(Base64.decodeURL(Base64.encodeURL(bytes)) == bytes)
        #expect(Base64.encode([0xFB, 0xEF, 0xFF]) == "++//")
        #expect(Base64.encodeURL([0xFB, 0xEF, 0xFF]) == "--__")
    }

    @Test(arguments: ["A", "AA", "AAA", "A===", "====", "AA=A", "AA==AA==", " Zg==", "Zg==\n", "Zh==", "Zm9=", "Zg-_"])
    func textsThatAreNotBase64AreRefused(text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test(arguments: ["A", "Zg==", "Zh", "++//", "Zg "])
    func textsThatAreNotURLSafeBase64AreRefused(text: String) {
        #expect(Base64.decodeURL(text) == nil)
    }
}
