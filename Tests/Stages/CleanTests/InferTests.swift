import Bytes
import Contracts
import NDJSON
import TestSupport
import Testing

@testable import clean

@Suite struct InferTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func draft(_ lines: [String]) throws -> String {
        let input = try folder.write("my orders.ndjson", text: lines.map { $0 + "\n" }.joined())
        try ContractDraft.write(input, to: folder.file("draft.odcs.yaml"), lineLimit: 1 << 20)
        return try folder.text("draft.odcs.yaml")
    }

    @Test(arguments: [
        (["1", "\"2\"", "3.0"], "INTEGER", ""), (["3000000000"], "BIGINT", ""), (["1e20"], "DECIMAL(38,0)", ""),
        (["\"01310\"", "\"20000\""], "VARCHAR(16)", ""),
        (["1.5", "\"2\""], "DECIMAL(12,1)", ""),
        (
            ["\"1.234,56\"", "\"R$ 5,00\"", "7"], "DECIMAL(12,2)",
            "decimal: \",\", group: \".\", strip: [\"R$\", \"$\"]"
        ),
        (["\"1,234.50\""], "DECIMAL(12,1)", "group: \",\""), (["19.989999999999998"], "DECIMAL(12,2)", ""),
        (["1e-30"], "DOUBLE", ""), (["true", "false"], "BOOLEAN", ""),
        (["\"2018-01-31\""], "DATE", ""), (["\"2018-01-31T10:00:00\"", "\"2018-01-31\""], "TIMESTAMP_NTZ(6)", ""),
        (["\"31/01/2018\"", "\"01/02/2018\""], "DATE", "formats: [\"dd/MM/yyyy\"]"),
        (
            ["\"31/01/2018 10:00\"", "\"01/02/2018\""], "TIMESTAMP_NTZ(6)",
            "formats: [\"dd/MM/yyyy HH:mm\", \"dd/MM/yyyy\"]"
        ), (["\"01/31/2018\""], "DATE", "formats: [\"MM/dd/yyyy\"]"),
        (["\"abc\""], "VARCHAR(16)", ""), (["\"\(String(repeating: "x", count: 40))\""], "VARCHAR(64)", ""),
        (["[1]"], "VARIANT", ""), (["null", "\"N/A\""], "VARCHAR", ""),
    ])
    func `a column's type is guessed from all its values`(values: [String], type: String, parse: String) throws {
        let text = try draft(values.map { "{\"v\":\($0)}" })
        #expect(text.contains("physicalType: \(type)\n"), "\(text)")
        #expect(text.contains("parse: {") == !parse.isEmpty)
        #expect(parse.isEmpty || text.contains("parse: {\(parse)}"))
        // The draft is a contract, and its rows are clean under it.
        let contract = try Contract.parse(Array(text.utf8), name: "draft.odcs.yaml")
        let outcome = try Outcome(of: values.map { "{\"v\":\($0)}" }, try contract.dataset(named: nil))
        #expect(outcome.codes.isEmpty)
    }

    @Test func `names, nulls and required columns are drafted`() throws {
        let text = try draft([
            "{\"Order ID\":\"a\",\"Preço (R$)\":\"-\",\"x\":1,\"X\":2,\"_source_row\":2}", "no record",
            "{\"Order ID\":\"b\",\"Preço (R$)\":\"1,50\",\"x\":1}",
        ])
        let dataset = try Contract.parse(Array(text.utf8), name: "draft.odcs.yaml").dataset(named: nil)
        #expect(dataset.name == "my_orders")
        #expect(dataset.fields.map(\.name) == ["order_id", "pre_o_r", "x"])
        #expect(dataset.fields.map(\.isRequired) == [true, false, true])
        #expect(text.contains("# \"X\" is read as the property of that name above"))
    }

    @Test func `what cannot be told apart is said`() throws {
        #expect(try draft(["{\"v\":\"1,234\"}"]).contains("point and comma cannot be told apart"))
        #expect(try draft(["{\"v\":\"01/02/2018\"}"]).contains("day and month cannot be told apart"))
    }
}
