import Testing

@testable import Parquet

@Suite struct ColumnOptionTests {
    @Test func anEncodingCanBeAskedFor() throws {
        let fields = [
            ParquetField("i", .int32), ParquetField("l", .int64), ParquetField("s", .string),
            ParquetField("d", .double), ParquetField("f", .decimal(precision: 20, scale: 0)),
            ParquetField("plain", .string), ParquetField("dictionary", .int64),
        ]
        let rows: [[Cell]] = (0..<100).map { index in
            let number = Int64(index)
            let isNull = index % 10 == 0
            return isNull
                ? Array(repeating: .null, count: 7)
                : [
                    .integer(number), .integer(number * 1000), .text("t\(index)"), .double(Double(index)),
                    .decimal(Int128(index)), .text("same"), .integer(number),
                ]
        }
        let wanted: [ColumnEncoding] = [
            .delta, .delta, .delta, .byteStreamSplit, .byteStreamSplit, .plain, .dictionary,
        ]
        let dump = try ParquetDump(
            parquet(fields, rows) { options in
                for (number, encoding) in wanted.enumerated() {
                    options.columns[number] = ParquetColumnOptions()
                    options.columns[number]?.encoding = encoding
                }
                options.pageRows = 10
                options.codec = .none
            }.bytes)
        let chunks = dump.rowGroups[0].chunks
        #expect(chunks.map { Set($0.dataPages.map(\.encoding)) } == [[5], [5], [6], [9], [9], [0], [8]])
        #expect(chunks.map(\.encodings) == [[3, 5], [3, 5], [3, 6], [3, 9], [3, 9], [3, 0], [0, 3, 8]])
        #expect(chunks[0].dataPages[1].body == [3, 0, 0, 0, 5, 0xFE, 3] + [0x80, 1, 4, 9, 22, 2, 0, 0, 0, 0])
    }

    @Test func anEncodingThatDoesNotFitTheTypeIsRefused() {
        for (type, encoding) in [
            (ParquetType.double, ColumnEncoding.delta), (.boolean, .delta), (.string, .byteStreamSplit),
            (.boolean, .byteStreamSplit), (.decimal(precision: 20, scale: 0), .delta),
        ] {
            #expect(throws: ParquetError.self) {
                try parquet([ParquetField("c", type)], []) {
                    $0.columns[0] = ParquetColumnOptions()
                    $0.columns[0]?.encoding = encoding
                }
            }
        }
    }

    @Test func bloomFiltersFollowTheirRowGroup() throws {
        let rows: [[Cell]] = (0..<300).map { [.text("id-\($0)"), .integer(Int64($0 % 3)), .boolean(true)] }
        let fields = [ParquetField("id", .string), ParquetField("n", .int32), ParquetField("b", .boolean)]
        func written(_ columns: [Int]) throws -> [UInt8] {
            try parquet(fields, rows) {
                for column in columns {
                    $0.columns[column] = ParquetColumnOptions()
                    $0.columns[column]?.hasBloomFilter = true
                }
                $0.rowGroupRows = 200
                $0.pageRows = 50
            }.bytes
        }
        let dump = try ParquetDump(written([0, 1]))
        #expect(dump.rowGroups.map { $0.chunks[1].metadata[[3, 15]]?.integer } == [47, 47])
        #expect(dump.rowGroups.map { $0.chunks[0].metadata[[3, 15]]?.integer } == [256 + 16, 128 + 16])
        #expect(dump.rowGroups.allSatisfy { $0.chunks[2].metadata[[3, 14]] == nil })
        #expect(
            dump.rowGroups.allSatisfy {
                $0.chunks[0].metadata[[3, 14]] != nil && $0.chunks[1].metadata[[3, 14]] != nil
            })
        #expect(throws: ParquetError.self) { try written([2]) }
    }

    @Test func theOrderOfTheRowsIsDeclaredInEveryRowGroup() throws {
        let dump = try ParquetDump(
            parquet(
                [ParquetField("a", .int32), ParquetField("b", .int32)], (0..<5).map { [.integer($0), .integer(-$0)] }
            ) {
                $0.sortedBy = [
                    ParquetSortColumn(leaf: 1, isDescending: true, nullsFirst: false),
                    ParquetSortColumn(leaf: 0, isDescending: false, nullsFirst: true),
                ]
                $0.rowGroupRows = 3
            }.bytes)
        #expect(dump.rowGroups.count == 2)
        for group in dump.rowGroups {
            #expect(
                group.metadata[4]?.list == [
                    .structure([1: .integer(1), 2: .boolean(true), 3: .boolean(false)]),
                    .structure([1: .integer(0), 2: .boolean(false), 3: .boolean(true)]),
                ])
        }
    }
}
