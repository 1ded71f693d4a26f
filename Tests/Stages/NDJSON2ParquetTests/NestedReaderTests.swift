import Bytes
import Contracts
import NDJSON
import Testing

@testable import Parquet
@testable import ndjson2parquet

@Suite struct NestedReaderTests {
    private func shape(_ lines: [String]) throws -> ColumnShape {
        var inference = Inference(path: "rows", nests: true)
        try inference.read(MemorySource(Array(lines.map { "{\"c\":\($0)}\n" }.joined().utf8)))
        return try inference.table(isWhole: true).columns[0].shape
    }

    static let text = ColumnShape.value(.string(maximumLength: nil))
    static let long = ColumnShape.value(.integer(.i64))
    static let json = ColumnShape.value(.json)
    static let pair = ColumnShape.group([.init(name: "a", shape: long), .init(name: "b", shape: text)])
    static let flags = ColumnShape.group([.init(name: "a", shape: .list(.value(.boolean)))])
    static let deep = ColumnShape.list(.list(.list(.list(.list(.list(.list(.list(json))))))))

    static let shapes: [([String], ColumnShape)] = [
        (["[1,2]", "null", "[]"], .list(long)), (["[]"], .list(text)), (["[null]", "[\"x\"]"], .list(text)),
        (["[[1],[]]"], .list(.list(long))), (["{\"a\":1}", "{\"b\":\"x\",\"a\":null}"], pair),
        (["[{\"a\":[true]}]"], .list(flags)), (["{}"], json), (["{\"\":1}"], json), (["[1]", "{\"a\":1}"], json),
        (["[1]", "1"], json), (["[1,\"x\"]"], .list(json)), (["[[[[[[[[[1]]]]]]]]]"], deep),
    ]

    @Test(arguments: shapes) func arraysAndObjectsAreLookedInto(lines: [String], expected: ColumnShape) throws {
        #expect(try shape(lines) == expected)
    }

    /// The definition and repetition levels that a column's leaves get.
    private func levels(_ shape: ColumnShape, _ lines: [String]) throws -> [[[UInt8]]] {
        let table = TableDefinition(
            columns: [.init(name: "c", shape: shape)], origin: .inferred, keyValues: [], settings: nil)
        let batch = RowBatch(try table.schema())
        var record = RecordView()
        var binder = RowBinder(table)
        for line in lines {
            try Array(line.utf8).withUnsafeBytes { bytes in
                try record.parse(bytes)
                try binder.append(record, of: bytes, to: batch.columns)
            }
        }
        #expect(batch.columns.indices.allSatisfy { batch.columns[$0].rowCount == lines.count })
        return batch.columns.indices.map { index in
            [Array(batch.columns[index].definitionLevels.bytes), Array(batch.columns[index].repetitionLevels.bytes)]
        }
    }

    @Test func listsHaveTheLevelsOfTheSpecification() throws {
        let lines = [#"{"c":[1,2]}"#, #"{"c":null}"#, #"{"c":[]}"#, #"{"c":[null,3]}"#, "{}"]
        #expect(try levels(.list(Self.long), lines) == [[[3, 3, 0, 1, 2, 3, 0], [0, 1, 0, 0, 0, 1, 0]]])
    }

    @Test func listsInGroupsInListsContinueAtTheirOwnLevel() throws {
        let shape = ColumnShape.list(
            .group([.init(name: "code", shape: Self.text), .init(name: "langs", shape: .list(Self.text))]))
        let found = try levels(
            shape,
            [
                #"{"c":[{"code":"a","langs":["x","y"]},{"code":null,"langs":[]},{"langs":["z"]},null]}"#,
                #"{"c":[]}"#,
            ])
        #expect(found[0] == [[4, 3, 3, 2, 1], [0, 1, 1, 1, 0]])
        #expect(found[1] == [[6, 6, 4, 6, 2, 1], [0, 2, 1, 1, 1, 0]])
    }

    @Test(arguments: [
        (#"{"c":1}"#, "not an array"), (#"{"c":{"a":1}}"#, "not an array"), (#"{"c":["x"]}"#, "not a number"),
        (#"{"c":[[1]]}"#, "not a number"),
    ])
    func whatDoesNotFitIsTold(line: String, reason: String) {
        #expect {
            try levels(.list(Self.long), [line])
        } throws: { error in
            (error as? RowProblem)?.message.contains(reason) ?? false
        }
    }

    @Test func membersThatTheGroupHasNotAreTold() {
        let message = #"column c: {"a":1,"z":2}: there is no member z (OBJECT(a BIGINT))"#
        #expect(throws: RowProblem(message)) {
            try levels(.group([.init(name: "a", shape: Self.long)]), [#"{"c":{"a":1,"z":2}}"#])
        }
    }
}
