import Testing

@testable import xlsx2ndjson

@Suite struct HeaderRowTests {
    @Test(arguments: [
        (["a", "b"], ["a", "b"]),
        (["a", "a", "a"], ["a", "a_2", "a_3"]),
        (["a", "a", "a_2"], ["a", "a_3", "a_2"]),
        (["a", "", "b"], ["a", "b"]),
        ([" a ", "a"], [" a ", "a"]),
        (["_source_row", "x"], ["_source_row_2", "x"]),
    ])
    func `names are the texts, made different where they repeat`(texts: [String], names: [String]) {
        let header = HeaderRow(texts: texts.enumerated().map { ($0, $1) }, rowNumber: 1, keepsReservedFree: true)
        #expect(header.columns.map(\.name) == names)
    }

    @Test func `a column without a name has its letter, or the letter with a number`() {
        let header = HeaderRow(texts: [(0, "a"), (1, ""), (2, "B")], rowNumber: 1, keepsReservedFree: false)
        #expect(header.key(forUnnamed: 1) == "B_2")
        #expect(header.key(forUnnamed: 3) == "D")
    }
}
