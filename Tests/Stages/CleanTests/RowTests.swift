import Contracts
import Testing

@testable import clean

@Suite struct RowTests {
    private func dataset(_ schema: String = "headerMatch: snake") throws -> Dataset {
        try TestContract.dataset(
            schema: schema,
            properties: TestContract.property(
                "order_id", "VARCHAR", cleaning: "aliases: ['ID do pedido']", extra: "required: true") + "\n"
                + TestContract.property("price", "DECIMAL(12,2)"))
    }

    @Test(arguments: [
        ("{\"order_id\":\"a\",\"price\":1}", "{\"order_id\":\"a\",\"price\":1.00,\"_extra\":null}"),
        ("{\"price\":1,\"Order ID \":\"a\"}", "{\"order_id\":\"a\",\"price\":1.00,\"_extra\":null}"),
        ("{\"ID do pedido\":\"a\"}", "{\"order_id\":\"a\",\"price\":null,\"_extra\":null}"),
        ("{\"\\u006frder_id\":\"a\"}", "{\"order_id\":\"a\",\"price\":null,\"_extra\":null}"),
        (
            "{\"order_id\":\"a\",\"Remarks\":\"x\",\"n\":1.10,\"e\":null}",
            "{\"order_id\":\"a\",\"price\":null,\"_extra\":{\"Remarks\":\"x\",\"n\":1.10}}"
        ),
        ("{\"order_id\":\"a\",\"x\":null}", "{\"order_id\":\"a\",\"price\":null,\"_extra\":null}"),
        (
            "{\"order_id\":\"a\",\"_extra\":{\"p\":1,\"q\":null},\"x\":\"\\u0041\"}",
            "{\"order_id\":\"a\",\"price\":null,\"_extra\":{\"p\":1,\"x\":\"A\"}}"
        ),
        ("{\"order_id\":\"a\",\"Order ID\":\"a\"}", "{\"order_id\":\"a\",\"price\":null,\"_extra\":null}"),
        (
            "{\"_source_file\":\"f\",\"_source_row\":7,\"order_id\":\"a\",\"_source_columns\":{\"order_id\":\"B\"},\"_source_sheet\":null}",
            "{\"order_id\":\"a\",\"price\":null,\"_extra\":null,\"_source_file\":\"f\",\"_source_sheet\":null,\"_source_row\":7}"
        ),
        ("  {\"order_id\":\"a\"}\r", "{\"order_id\":\"a\",\"price\":null,\"_extra\":null}"),
    ])
    func `members find their columns`(line: String, expected: String) throws {
        let outcome = try Outcome(of: [line], dataset())
        #expect(outcome.rows == [expected])
        #expect(try Outcome(of: outcome.rows, dataset()).rows == outcome.rows)
    }

    @Test(arguments: [
        ("{\"order_id\":\"a\",\"Order ID\":\"b\"}", ["header.conflict"]), ("{\"price\":1}", ["null.required"]),
        ("{\"order_id\":null,\"price\":\"x\"}", ["null.required", "parse.decimal"]),
        ("{\"order_id\":\"a\"", ["json.syntax"]),
        ("{\"order_id\":\"a\",\"order_id\":\"a\"}", ["json.duplicateKey"]), ("[1]", ["json.notObject"]),
        ("{\"order_id\":\"\u{FFFD}\",}", ["json.syntax"]),
        ("{\"order_id\":\"a\",\"_source_row\":1.5}", ["parse.integer"]),
        ("{\"order_id\":\"a\",\"_source_file\":5}", ["type.container"]),
        ("{\"order_id\":\"a\",\"_extra\":5}", ["type.container"]),
        ("{\"order_id\":\"a\",\"_extra\":{\"x\":1},\"x\":2}", ["header.conflict"]),
    ])
    func `a row is refused with all its reasons`(line: String, expected: [String]) throws {
        let outcome = try Outcome(of: [line], dataset())
        #expect(outcome.codes == [expected])
        #expect(outcome.rows.isEmpty)
    }

    @Test func `an absent column is null, or refused where the contract says so`() throws {
        let strict = try dataset("missingColumns: reject")
        #expect(try Outcome(of: ["{\"order_id\":\"a\"}"], strict).codes == [["column.missing"]])
        #expect(try Outcome(of: ["{\"order_id\":\"a\",\"price\":null}"], strict).codes == [])
    }

    @Test func `unknown columns can be dropped and are counted`() throws {
        let outcome = try Outcome(of: ["{\"order_id\":\"a\",\"x\":1}"], dataset("unknownColumns: discard"))
        #expect(outcome.rows == ["{\"order_id\":\"a\",\"price\":null}"])
        #expect(outcome.warnings.discardedValues == 1)
    }

    @Test func `records may change their keys from line to line`() throws {
        let outcome = try Outcome(
            of: [
                "{\"order_id\":\"a\",\"price\":1}", "{\"price\":2,\"order_id\":\"b\"}", "{\"order_id\":\"c\",\"z\":3}",
            ], dataset())
        #expect(
            outcome.rows == [
                "{\"order_id\":\"a\",\"price\":1.00,\"_extra\":null}",
                "{\"order_id\":\"b\",\"price\":2.00,\"_extra\":null}",
                "{\"order_id\":\"c\",\"price\":null,\"_extra\":{\"z\":3}}",
            ])
    }

    @Test func `the size of blocks changes nothing`() throws {
        let lines = (0..<200).map { $0 % 7 == 0 ? "{\"order_id\":null}" : "{\"order_id\":\"\($0)\",\"x\":\($0)}" }
        let whole = try Outcome(of: lines, dataset(), blockSize: 1 << 20)
        for size in [64, 100, 1000] { #expect(try Outcome(of: lines, dataset(), blockSize: size) == whole) }
    }
}
