import Bytes
import Testing

@Suite struct PercentEncodingTests {
    @Test(arguments: [
        ("abcXYZ019-._~", "abcXYZ019-._~"), ("a b", "a%20b"), ("a+b=c&d", "a%2Bb%3Dc%26d"), ("50%", "50%25"),
        ("Ünï", "%C3%9Cn%C3%AF"), ("a/b", "a%2Fb"), ("\u{0}\u{7F}", "%00%7F"), ("😀", "%F0%9F%98%80"), ("", ""),
    ])
    func segmentsAndQueryValues(plain: String, encoded: String) {
        #expect(PercentEncoding.encode(plain) == encoded)
        #expect(PercentEncoding.decode(encoded) == plain)
    }

    @Test func pathsKeepTheirSlashes() {
        #expect(PercentEncoding.encodePath("raw/dt=1/a b.csv") == "raw/dt%3D1/a%20b.csv")
    }

    @Test func formsAreEncodedInTheGivenOrder() {
        #expect(PercentEncoding.form([("b", "1 2"), ("a", "x&y")]) == "b=1%202&a=x%26y")
        #expect(PercentEncoding.form([]) == "")
    }

    @Test func lowerCaseDigitsAndPlusSignsAreRead() {
        #expect(PercentEncoding.decode("a%2fb+c") == "a/b+c")
    }

    @Test(arguments: ["%", "%2", "%zz", "a%2", "%C3", "%FF"])
    func brokenTextsAreRefused(text: String) {
        #expect(PercentEncoding.decode(text) == nil)
    }
}
