import NDJSON
import StageKit
import TestSupport
import Testing

@testable import xlsx2ndjson

@Suite struct ContractReadingTests {
    private static func contract(source: String) -> String {
        """
        apiVersion: v3.1.0
        kind: DataContract
        id: orders
        name: Orders
        version: 1.0.0
        status: active
        schema:
          - name: orders
            logicalType: object
            physicalType: table
            customProperties:
              - property: source
                value: {\(source)}
            properties:
              - name: order_id
                logicalType: string
                physicalType: VARCHAR
                customProperties:
                  - {property: cleaning, value: {aliases: ["Order ID"]}}
              - {name: price, logicalType: number, physicalType: DOUBLE}
              - {name: city, logicalType: string, physicalType: VARCHAR}
        """
    }

    private static var builder: WorkbookBuilder {
        WorkbookBuilder([
            .init("Notes", Rows.xml([["'one", "'two", "'three"], ["1", "2", "3"]])),
            .init(
                "Orders 2017",
                Rows.xml([["'All orders"], ["'price", "'is"], ["'Order ID ", "'price", "'note"], ["'a", "1", "'x"]])),
            .init("Orders 2018", Rows.xml([["'order_id", "'price"], ["'b", "2"]])),
            .init("Orders pivot", Rows.xml([["'x"], ["1"]])),
        ])
    }

    @Test(arguments: [
        ("files: [\"*.xlsx\"]", [#"{"Order ID ":"a","price":1,"note":"x"}"#]),
        (
            "files: [\"*.xlsx\"], sheet: \"Orders 20*\"",
            [#"{"Order ID ":"a","price":1,"note":"x"}"#, #"{"order_id":"b","price":2}"#]
        ),
        ("files: [\"*.xlsx\"], sheet: [\"Nothing*\", 3]", [#"{"order_id":"b","price":2}"#]),
        (
            "files: [\"*.xlsx\"], sheet: \"Orders*\"",
            [#"{"Order ID ":"a","price":1,"note":"x"}"#, #"{"order_id":"b","price":2}"#]
        ),
        ("files: [\"*.xlsx\"], sheet: 1, header: none, range: \"A2:B2\"", [#"{"A":1,"B":2}"#]),
    ])
    func `sheets and header come from the contract`(source: String, lines: [String]) throws {
        let run = try StageRun(Self.builder, [], contract: Self.contract(source: source))
        #expect(run.failure == nil)
        #expect(run.lines == lines)
    }

    @Test func `a sheet without the header is told and skipped where another has it`() throws {
        let run = try StageRun(
            Self.builder, [], contract: Self.contract(source: "files: [\"*.xlsx\"], sheet: \"Orders*\""))
        #expect(run.report["warnings"]?["excel.sheetWithoutHeader"]?.integer == 1)
    }

    @Test func `no header at all is bad data`() throws {
        let run = try StageRun(
            Self.builder, [], contract: Self.contract(source: "files: [\"*.xlsx\"], sheet: \"Notes\""))
        #expect(run.failure?.status == 65)
        #expect(
            run.failure?.message
                == "book.xlsx: no header: none of the first 50 rows with cells of Notes names the columns of orders")
    }

    @Test func `options go before the contract`() throws {
        let contract = Self.contract(source: "files: [\"*.xlsx\"], sheet: \"Notes\", header: 1")
        let run = try StageRun(Self.builder, ["--sheet", "Orders 2018", "--header", "auto"], contract: contract)
        #expect(run.lines == [#"{"order_id":"b","price":2}"#])
    }

    @Test func `a contract that cannot be read is bad configuration`() throws {
        let run = try StageRun(Self.builder, [], contract: "nonsense")
        #expect(run.failure?.status == 78)
    }
}
