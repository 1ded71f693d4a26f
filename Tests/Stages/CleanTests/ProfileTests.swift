import Bytes
import Contracts
import NDJSON
import TestSupport
import Testing

@testable import clean

@Suite struct ProfileTests {
    private func profile(_ lines: [String], _ dataset: Dataset, blockSize: Int = 1 << 16) throws -> JSONValue {
        let plan = try CleaningPlan(dataset)
        let profiler = Profiler(plan, Veil(plan))
        var cleaner = RowCleaner(plan, profiler: profiler)
        var reader = BlockReader(MemorySource(Array(lines.map { $0 + "\n" }.joined().utf8)))
        let block = LineBlock(capacity: blockSize)
        while try reader.next(block) {
            var cleaned = CleanedBlock()
            cleaner.clean(block, into: &cleaned)
        }
        return profiler.report
    }

    @Test func `a column of texts is described`() throws {
        let dataset = try TestContract.column("VARCHAR(5)", cleaning: "ops: [lower]", schema: "nullTokens: ['-']")
        let lines =
            ["\"Ab1\"", "\" ab1 \"", "\"-\"", "null", "\"é\"", "\"toolong\"", "\"x\\ny\""].map { "{\"v\":\($0)}" } + [
                "{}"
            ]
        let column = try #require(try profile(lines, dataset)["v"])
        #expect(
            column.text
                == "{\"absent\":1,\"distinct\":3,\"failures\":{\"length.max\":{\"count\":1,\"samples\":[\"toolong\"]}},\"length\":{\"maximum\":3,\"mean\":2.50,\"minimum\":1},\"maximum\":\"é\",\"minimum\":\"ab1\",\"nulls_after\":3,\"nulls_before\":1,\"operations\":{\"1 nfc\":0,\"2 controlStrip\":0,\"3 trim\":1,\"4 lower\":1},\"present\":7,\"shapes\":[{\"count\":2,\"shape\":\"aa9\"},{\"count\":1,\"shape\":\"a\"},{\"count\":1,\"shape\":\"a\\na\"}],\"top\":[{\"count\":2,\"value\":\"ab1\"},{\"count\":1,\"value\":\"x\\ny\"},{\"count\":1,\"value\":\"é\"}],\"values\":4}"
        )
    }

    @Test func `numbers have exact sums and dates say which format they had`() throws {
        let numbers = try TestContract.column("DECIMAL(12,2)")
        let column = try #require(try profile((1...1000).map { "{\"v\":\($0).1}" }, numbers)["v"])
        #expect(column["sum"] == .number("500600.00"))
        #expect(column["minimum"] == .number("1.10"))
        #expect(column["maximum"] == .number("1000.10"))
        let dates = try TestContract.column("DATE", cleaning: "parse: {formats: ['dd/MM/yyyy', 'yyyyMMdd']}")
        let formats = try profile(
            ["\"2018-01-31\"", "\"31/01/2018\"", "\"20180131\"", "\"x\""].map { "{\"v\":\($0)}" }, dates)["v"]?[
                "formats"]
        #expect(formats?.text == "{\"ISO 8601\":1,\"dd/MM/yyyy\":1,\"yyyyMMdd\":1}")
    }

    @Test func `hidden columns show no values`() throws {
        let dataset = try TestContract.column("VARCHAR(5)", extra: "classification: restricted")
        let text = try profile(["{\"v\":\"abc\"}", "{\"v\":\"secret\"}"], dataset).text
        #expect(!text.contains("abc") && !text.contains("secret"))
        #expect(text.contains("\"hidden\":true"))
    }

    @Test(arguments: [1, 100, 10_000, 10_001, 50_000, 300_000])
    func `many different values are counted within two percent`(count: Int) {
        var counter = DistinctCounter()
        for number in 0..<count {
            let value = Array("value \(number)".utf8)
            counter.add(value.span.bytes)
            counter.add(value.span.bytes)
        }
        #expect(abs(counter.count - count) * 50 <= count)
        #expect(counter.isExact == (count <= DistinctCounter.exactLimit))
    }

    @Test(arguments: [
        ("01310", "99999"), ("São-Paulo", "Aaa-Aaaaa"), ("١", "9"),
        (String(repeating: "x", count: 50), String(repeating: "a", count: 40) + "…"),
    ])
    func `shapes stand for characters`(text: String, shape: String) { #expect(ValueShape.shape(of: text) == shape) }
}
