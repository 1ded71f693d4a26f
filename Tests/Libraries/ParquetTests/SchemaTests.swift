import Testing

@testable import Parquet

@Suite struct SchemaTests {
    @Test(arguments: [
        (19, 9), (21, 9), (22, 10), (23, 10), (24, 11), (26, 11), (27, 12), (28, 12), (29, 13), (31, 13), (32, 14),
        (33, 14), (34, 15), (35, 15), (36, 16), (38, 16), (9, 4), (10, 8), (18, 8),
    ])
    func decimalsTakeTheFewestBytes(precision: Int, byteCount: Int) {
        #expect(ParquetType.decimal(precision: precision, scale: 2).fixedByteCount == byteCount)
    }

    @Test(
        arguments: [
            [], [ParquetField("", .string)], [ParquetField("a", .string), ParquetField("a", .int32)],
            [ParquetField("a", .decimal(precision: 39, scale: 0))],
            [ParquetField("a", .decimal(precision: 5, scale: 6))],
            [ParquetField("a", .decimal(precision: 0, scale: 0))], [ParquetField("a", shape: .group([]))],
        ] as [[ParquetField]])
    func impossibleColumnsAreRefused(fields: [ParquetField]) {
        #expect(throws: ParquetError.self) { try ParquetSchema(fields) }
    }

    @Test func nestingGivesLevelsAndPaths() throws {
        let schema = try ParquetSchema([
            ParquetField("id", .int64, isRequired: true),
            ParquetField("tags", shape: .list(ParquetField("x", .string))),
            ParquetField(
                "address",
                shape: .group([ParquetField("city", .string, isRequired: true), ParquetField("zip", .string)])),
        ])
        #expect(schema.leaves.map(\.name) == ["id", "tags.list.element", "address.city", "address.zip"])
        #expect(schema.leaves.map(\.maximumDefinition) == [0, 3, 1, 2])
        #expect(schema.leaves.map(\.maximumRepetition) == [0, 1, 0, 0])
    }
}
