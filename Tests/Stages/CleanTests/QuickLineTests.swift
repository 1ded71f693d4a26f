import Bytes
import Contracts
import NDJSON
import TestSupport
import Testing

@testable import clean

/// Lines that are written as they stand must come out exactly as if they had been looked at closely.
@Suite struct QuickLineTests {
    /// Rows, orders, keys and refusals of some lines.
    private func outcome(_ lines: [[UInt8]], _ dataset: Dataset, quickly: Bool) throws -> [String] {
        var reader = BlockReader(MemorySource(Array(lines.joined(separator: [0x0A]))))
        var cleaner = RowCleaner(try CleaningPlan(dataset), usesQuickLines: quickly)
        let block = LineBlock(capacity: 4096)
        var found: [String] = []
        while try reader.next(block) {
            var cleaned = CleanedBlock()
            cleaner.clean(block, into: &cleaned)
            found.append(cleaned.output.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
            found += cleaned.rows.map {
                "\($0.end) \($0.line) \(String(describing: $0.key)) \($0.orderEnd) \($0.violations)"
            }
            found.append(cleaned.orders.withUnsafeBytes { "\(Array($0))" })
            found += cleaned.refusals.map { "\($0.line) \($0.range) \($0.failures.map(\.code.rawValue))" }
            found.append("\(cleaned.warnings) \(cleaned.lineCount) \(cleaned.rowCount) \(cleaned.blankCount)")
        }
        return found
    }

    private let hex = "0123456789abcdef"

    private func id(_ random: inout SeededRandom) -> String {
        String((0..<32).map { _ in hex.randomElement(using: &random) ?? "0" })
    }

    private func row(_ random: inout SeededRandom, _ style: Int) -> String {
        let names =
            style % 2 == 0
            ? ["order_id", "order_item_id", "product_id", "seller_id", "shipping_limit_date", "price", "freight_value"]
            : ["Order ID", "Item", "product_id", "seller_id", "Shipping Limit", "Price (R$)", "freight_value"]
        let price = [
            "0", "19.9", "1234.56", "-0", "1e2", "99999999999", "19.989999999999998", "\"1,50\"", "007", "5.", "null",
        ]
        let values = [
            "\"\(id(&random))\"", "\(Int.random(in: 0...30, using: &random))", "\"\(id(&random))\"",
            Bool.random(using: &random) ? "\"\(id(&random))\"" : "\"\(id(&random).uppercased())\"",
            "\"2018-0\(Int.random(in: 0...9, using: &random))-\(Int.random(in: 10...32, using: &random))T12:30:00\"",
            price.randomElement(using: &random) ?? "", "\(Double(Int.random(in: 0...9999, using: &random)) / 100)",
        ]
        var members = zip(names, values).map { "\"\($0)\":\($1)" }
        if style / 2 % 2 == 1 {
            members += [
                "\"_source_file\":\"a.xlsx\"", "\"_source_sheet\":\"S \(Int.random(in: 1...3, using: &random))\"",
                "\"_source_row\":\(Int.random(in: 0...99, using: &random))",
            ]
        }
        if style / 4 % 2 == 1 { members.insert("\"_extra\":null", at: 7) }
        if style / 8 % 3 == 1 { members.swapAt(2, 3) }
        if style / 8 % 3 == 2 { members.remove(at: 1) }
        return "{\(members.joined(separator: style / 24 % 2 == 1 ? ", " : ","))}\(style / 48 % 2 == 1 ? "\r" : "")"
    }

    @Test(arguments: 0..<40)
    func `quick lines are closely looked at lines`(seed: Int) throws {
        let root = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        let contract = try Contract.load(path: "\(root)/compose/contracts/order_items.odcs.yaml")
        let dataset = try contract.dataset(named: nil)
        var random = SeededRandom(seed: UInt64(seed))
        var style = seed
        let lines = (0..<300).map { _ -> [UInt8] in
            if Int.random(in: 0..<20, using: &random) == 0 { style = Int.random(in: 0..<96, using: &random) }
            var bytes = Array(row(&random, style).utf8)
            // Any byte may be another one, or the line may be cut.
            if Int.random(in: 0..<8, using: &random) == 0 {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                bytes[place] =
                    [0x22, 0x2C, 0x30, 0x20, 0x5C, 0x7D, 0x65, 0x2E, 0x2D, 0xC3, 0x01].randomElement(using: &random)
                    ?? 0
            }
            if Int.random(in: 0..<40, using: &random) == 0 { bytes.removeLast(Int.random(in: 1...40, using: &random)) }
            return bytes
        }
        #expect(try outcome(lines, dataset, quickly: true) == outcome(lines, dataset, quickly: false))
    }

    @Test func `most lines of a clean table are quick`() throws {
        let dataset = try TestContract.dataset(
            properties: TestContract.property("a", "VARCHAR(5)") + "\n" + TestContract.property("b", "DECIMAL(5,2)")
                + "\n" + TestContract.property("c", "DATE"))
        var writer = RowWriter(try CleaningPlan(dataset))
        var layout = RecordLayout(dataset)
        var view = RecordView()
        var output = ByteBuffer()
        let first = Array("{\"a\":\"x\",\"c\":null,\"_source_row\":7}".utf8)
        try view.parse(first.span.bytes)
        layout.bind(view.fields, in: first.span.bytes)
        writer.bind(view.fields, first.span.bytes, layout)
        let isQuick = writer.isQuick
        #expect(isQuick)
        for (line, expected) in [
            (
                "{\"a\":\"yz\",\"c\":\"2018-01-31\",\"_source_row\":8}",
                "{\"a\":\"yz\",\"b\":null,\"c\":\"2018-01-31\",\"_extra\":null,\"_source_row\":8}\n"
            ),
            (
                "{\"a\":null,\"c\":null,\"_source_row\":8}",
                "{\"a\":null,\"b\":null,\"c\":null,\"_extra\":null,\"_source_row\":8}\n"
            ),
            ("{\"a\":\"é\",\"c\":null,\"_source_row\":8}", nil), ("{\"a\":\"x\",\"c\":null,\"_source_row\":08}", nil),
            ("{\"a\":\"x\",\"c\":null,\"_source_row\":8} ", nil),
            ("{\"a\":\"x\",\"c\":null,\"_source_row\":8", nil),
            ("{\"a\":\"x\",\"c\":\"2018-02-31\",\"_source_row\":8}", nil),
            ("{\"a\":\"toolong\",\"c\":null,\"_source_row\":8}", nil),
        ] as [(String, String?)] {
            output.removeAll()
            let bytes = Array(line.utf8)
            let isWritten = writer.writeQuickly(bytes.span.bytes, to: &output)
            let text = output.bytes.text
            #expect(isWritten == (expected != nil))
            #expect(text == expected ?? "")
        }
    }
}
