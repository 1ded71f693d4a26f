import Bytes
import NDJSON
import TestSupport
import Testing

/// A view that has seen other lines must read a line exactly as a new one does.
@Suite struct LayoutTests {
    private func describe(_ view: borrowing RecordView) -> String {
        view.fields.map { "\($0.key) \($0.keyHasEscapes) \($0.value) \($0.kind)" }.joined(separator: ";")
    }

    private func read(_ line: [UInt8], _ view: inout RecordView) -> String {
        do {
            try view.parse(line.span.bytes)
            return describe(view)
        } catch {
            return "\(error)"
        }
    }

    private let values = [
        "1", "-0", "1.5", "01", "1.", "-", "1e5", "1E+", "\"\"", "\"a\"", "\"abcdefgh\"", "\"abcdefghijklmnop\"",
        "\"a\\nb\"",
        "\"\\ud800\"", "\"é\"", "\"aaaaaaaé\"", "\"\u{1F600}\"", "\"\u{1}\"", "\"a", "true", "tru", "null", "nul", "{}",
        "[1,2]",
        "{\"a\":1,\"a\":2}", "[", "", "\"\\u0000\"", "\"\\\"\"", "\"12345678\\\"\"", "123456789012345678901234567890",
    ]

    @Test func `what was read before changes nothing`() {
        var random = SeededRandom(seed: 5)
        var view = RecordView()
        let styles = [
            "{\"key_one\":@,\"b\":@,\"a longer key\":@}", "{ \"key_one\" : @ , \"b\":@,\"\\u0061\":@ }\r", "{\"b\":@}",
            "{\"b\":@,\"b\":@}", "{}",
        ]
        var style = styles[0]
        var fastCount = 0
        for _ in 0..<30_000 {
            if Int.random(in: 0..<6, using: &random) == 0 { style = styles.randomElement(using: &random) ?? style }
            var line = ""
            for piece in style { line += piece == "@" ? pick(&random) : String(piece) }
            if Int.random(in: 0..<30, using: &random) == 0 { line += "x" }
            var bytes = Array(line.utf8)
            if Int.random(in: 0..<30, using: &random) == 0, !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            var fresh = RecordView()
            let expected = read(bytes, &fresh)
            let found = read(bytes, &view)
            if view.layoutIsUnchanged { fastCount += 1 }
            if found != expected {
                Issue.record("\(line): \(found) instead of \(expected)")
                return
            }
        }
        #expect(fastCount > 3000)
    }

    private func pick(_ random: inout SeededRandom) -> String {
        // Mostly good values, so that many lines are good.
        if Int.random(in: 0..<8, using: &random) > 0 {
            return ["1", "\"abc\"", "\"é\"", "null", "12.50"].randomElement(using: &random) ?? ""
        }
        return values.randomElement(using: &random) ?? ""
    }

    @Test func `only equal gaps are the same layout`() throws {
        var view = RecordView()
        try view.parse(Array("{\"a\":1,\"b\":2}".utf8).span.bytes)
        let first = view.layoutIsUnchanged
        try view.parse(Array("{\"a\":\"x\",\"b\":[]}".utf8).span.bytes)
        let same = view.layoutIsUnchanged
        try view.parse(Array("{\"a\":1, \"b\":2}".utf8).span.bytes)
        let (spaced, keys) = (view.layoutIsUnchanged, view.keysAreUnchanged)
        #expect(!first && same && !spaced && keys)
    }
}
