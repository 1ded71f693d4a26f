import HTTP
import Testing

@Suite struct ByteRangeTests {
    @Test func rangesAreWrittenWithInclusiveEnds() {
        #expect(ByteRange(first: 5, last: 9).text == "bytes=5-9")
        #expect(ByteRange(first: 5).text == "bytes=5-")
    }

    @Test(arguments: [
        ("bytes 5-9/100", 5...9 as ClosedRange<Int>?, 100 as Int?), ("bytes 0-0/*", 0...0, nil), ("bytes */0", nil, 0),
        ("bytes */100", nil, 100),
    ])
    func contentRangesAreRead(text: String, range: ClosedRange<Int>?, whole: Int?) throws {
        let found = try #require(ContentRange(text))
        #expect(found.range == range)
        #expect(found.wholeByteCount == whole)
    }

    @Test(arguments: [
        "", "bytes", "bytes 5-9", "bytes 9-5/100", "bytes 5-100/100", "bytes -5/100", "bytes 5-/100", "bytes */*",
        "pages 1-2/3",
        "bytes 0-99999999999999999999/*", "bytes +1-2/3", "bytes 1-2/3/4", "bytes 1-2-3/4",
    ])
    func othersAreNot(text: String) {
        #expect(ContentRange(text) == nil)
    }
}
