import Bytes
import TestSupport
import Testing

@testable import Parquet

@Suite struct WriterTests {
    static let allTypes: [ParquetField] = [
        ParquetField("b", .boolean), ParquetField("i", .int32), ParquetField("l", .int64, isRequired: true),
        ParquetField("d", .double), ParquetField("s", .string), ParquetField("day", .date), ParquetField("t", .time),
        ParquetField("naive", .timestamp(isInstant: false)), ParquetField("instant", .timestamp(isInstant: true)),
        ParquetField("d9", .decimal(precision: 9, scale: 2)), ParquetField("d18", .decimal(precision: 18, scale: 4)),
        ParquetField("d38", .decimal(precision: 38, scale: 10)),
    ]

    @Test func aFileWithoutRowsHasItsSchemaAndNoRowGroup() throws {
        let (bytes, summary) = try parquet(Self.allTypes, [])
        let dump = try ParquetDump(bytes)
        #expect(dump.rowGroups.isEmpty)
        #expect(dump.rowCount == 0)
        #expect(dump.schema.count == Self.allTypes.count + 1)
        #expect(summary.byteCount == bytes.count)
        #expect(summary.rowGroupCount == 0)
        #expect(summary.columns.allSatisfy { $0.nullCount == 0 && $0.minimum == nil && $0.maximum == nil })
    }

    @Test func typesHaveTheirPhysicalConvertedAndLogicalForms() throws {
        let schema = try ParquetDump(parquet(Self.allTypes, []).bytes).schema
        #expect(schema[0][4]?.text == "schema")
        #expect(schema[0][5]?.integer == Self.allTypes.count)
        let columns = schema.dropFirst()
        #expect(columns.map { $0[1]?.integer } == [0, 1, 2, 5, 6, 1, 2, 2, 2, 1, 2, 7])
        #expect(columns.map { $0[3]?.integer } == [1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1])
        #expect(columns.map { $0[6]?.integer } == [nil, nil, nil, nil, 0, 6, 8, 10, 10, 5, 5, 5])
        #expect(columns.map { $0[7]?.integer } == Array(repeating: nil, count: 9) + [2, 4, 10])
        #expect(columns.map { $0[8]?.integer } == Array(repeating: nil, count: 9) + [9, 18, 38])
        #expect(columns.map { $0[2]?.integer } == Array(repeating: nil, count: 11) + [16])
        #expect(schema[5][10] == .structure([1: .structure([:])]))
        #expect(schema[6][10] == .structure([6: .structure([:])]))
        let micros = ParquetDump.Value.structure([2: .structure([:])])
        #expect(schema[7][[10, 7]] == .structure([1: .boolean(false), 2: micros]))
        #expect(schema[8][[10, 8]] == .structure([1: .boolean(false), 2: micros]))
        #expect(schema[9][[10, 8]] == .structure([1: .boolean(true), 2: micros]))
        #expect(schema[12][[10, 5]] == .structure([1: .integer(10), 2: .integer(38)]))
    }

    @Test func optionalTextsHaveTheBytesOfTheSpecification() throws {
        let rows: [[Cell]] = [[.text("a")], [.null], [.text("bc")]]
        let dump = try ParquetDump(parquet([ParquetField("s", .string)], rows) { $0.codec = .none }.bytes)
        let chunk = dump.rowGroups[0].chunks[0]
        #expect(chunk.pages.count == 1)
        #expect(chunk.pages[0].body == [2, 0, 0, 0, 3, 5, 1, 0, 0, 0, 0x61, 2, 0, 0, 0, 0x62, 0x63])
        #expect(chunk.encodings == [3, 0])
        #expect(chunk.metadata[[3, 5]]?.integer == 3)
        #expect(chunk.metadata[[3, 16, 1]]?.integer == 3)
        #expect(chunk.offsetIndex?[2]?.integers == [3])
        #expect(chunk.statistics?[3]?.integer == 1)
        #expect(chunk.statistics?[1] == nil && chunk.statistics?[2] == nil)
        #expect(chunk.statistics?[5]?.text == "bc")
        #expect(chunk.statistics?[6]?.text == "a")
        #expect(chunk.statistics?[7]?.boolean == true)
        #expect(chunk.statistics?[8]?.boolean == true)
    }

    @Test func repeatedTextsBecomeADictionary() throws {
        let rows: [[Cell]] = (0..<1000).map { [.text($0 % 3 == 0 ? "canceled" : "delivered")] }
        let dump = try ParquetDump(
            parquet([ParquetField("s", .string, isRequired: true)], rows) {
                $0.codec = .none
                $0.pageRows = 400
            }.bytes)
        let chunk = dump.rowGroups[0].chunks[0]
        #expect(chunk.pages.map(\.isDictionary) == [true, false, false, false])
        #expect(chunk.pages[0].entryCount == 2)
        #expect(chunk.pages[0].body == [8, 0, 0, 0] + Array("canceled".utf8) + [9, 0, 0, 0] + Array("delivered".utf8))
        #expect(chunk.dataPages.map(\.encoding) == [8, 8, 8])
        #expect(chunk.dataPages.map(\.entryCount) == [400, 400, 200])
        #expect(chunk.dataPages[0].body.count == 1 + 1 + 400 / 8)
        #expect(chunk.encodings == [0, 8])
        #expect(
            chunk.metadata[[3, 13]]?.list == [
                .structure([1: .integer(2), 2: .integer(0), 3: .integer(1)]),
                .structure([1: .integer(0), 2: .integer(8), 3: .integer(3)]),
            ])
        #expect(chunk.offsetIndex?[1]?.list.map { $0[3]?.integer } == [0, 400, 800])
        #expect(chunk.columnIndex?[4]?.integer == 1)
    }

    @Test func aDictionaryThatOutgrowsItsLimitIsLeftForPlainPages() throws {
        let rows: [[Cell]] = (0..<3000).map { [.integer($0 < 1000 ? Int64($0 % 10) : Int64($0) * 0x1_0000_0001)] }
        let dump = try ParquetDump(
            parquet([ParquetField("n", .int64)], rows) {
                $0.codec = .none
                $0.pageRows = 1000
                $0.dictionaryBytes = 1000
            }.bytes)
        let chunk = dump.rowGroups[0].chunks[0]
        #expect(chunk.pages[0].isDictionary)
        #expect(chunk.pages[0].entryCount == 10)
        #expect(chunk.dataPages.map(\.encoding) == [8, 0, 0])
        #expect(chunk.encodings == [0, 3, 8])
    }

    @Test func distinctValuesNeedNoDictionary() throws {
        let rows: [[Cell]] = (0..<3000).map { [.integer(Int64($0) * 0x1_0000_0001)] }
        let chunk = try ParquetDump(parquet([ParquetField("n", .int64)], rows).bytes).rowGroups[0].chunks[0]
        #expect(chunk.pages.map(\.encoding) == [0])
        #expect(chunk.metadata[[3, 11]] == nil)
    }

    @Test func whatDoesNotShrinkIsStoredAsItIs() throws {
        var random = SeededRandom(seed: 2)
        let rows: [[Cell]] = (0..<500).map { _ in [.integer(Int64(bitPattern: random.next())), .integer(7)] }
        let chunks = try ParquetDump(
            parquet([ParquetField("random", .int64), ParquetField("same", .int64)], rows).bytes
        ).rowGroups[0].chunks
        #expect(chunks[0].codec == 0)
        #expect(chunks[1].metadata[[3, 7]]?.integer ?? .max < 100)
    }

    @Test(arguments: [
        (ParquetCodec.none, 0), (.gzip(level: 6), 2), (.zstandard(level: 3), 6), (.zstandard(level: nil), 6),
    ])
    func everyCodecIsDeclaredAndComesBack(codec: ParquetCodec, number: Int) throws {
        let rows: [[Cell]] = (0..<2000).map { [.text("order \($0) was delivered to somebody")] }
        let chunk = try ParquetDump(
            parquet([ParquetField("s", .string, isRequired: true)], rows) { $0.codec = codec }.bytes
        )
        .rowGroups[0].chunks[0]
        #expect(chunk.codec == number)
        let expected = rows.flatMap { row -> [UInt8] in
            guard case .text(let text) = row[0] else { return [] }
            return [UInt8(text.utf8.count), 0, 0, 0] + Array(text.utf8)
        }
        #expect(chunk.dataPages.flatMap(\.plain) == expected)
    }

    @Test(arguments: [99, 100, 101, 199, 200, 201, 1]) func rowGroupsAndPagesEndWhereTheyShould(count: Int) throws {
        let rows: [[Cell]] = (0..<count).map { [.integer(Int64($0))] }
        let dump = try ParquetDump(
            parquet([ParquetField("n", .int32, isRequired: true)], rows) {
                $0.rowGroupRows = 100
                $0.pageRows = 30
            }.bytes)
        let sizes = stride(from: 0, to: count, by: 100).map { min(100, count - $0) }
        #expect(dump.rowGroups.map(\.rowCount) == sizes)
        for (group, size) in zip(dump.rowGroups, sizes) {
            let pages = stride(from: 0, to: size, by: 30).map { min(30, size - $0) }
            #expect(group.chunks[0].dataPages.map(\.entryCount) == pages)
            #expect(group.chunks[0].offsetIndex?[1]?.list.map { $0[3]?.integer } == pages.indices.map { $0 * 30 })
        }
    }

    @Test func pagesEndWhenTheirBytesAreFull() throws {
        let rows: [[Cell]] = (0..<10).map { _ in [.text(String(repeating: "x", count: 20_000))] }
        let chunk = try ParquetDump(
            parquet([ParquetField("s", .string)], rows) { $0.pageBytes = 50_000 }.bytes
        ).rowGroups[0].chunks[0]
        #expect(chunk.dataPages.map(\.entryCount) == [3, 3, 3, 1])
    }

    @Test func pagesOfNullsAreMarkedAndHaveNoBounds() throws {
        let values: [Cell] = [.null, .null, .integer(5), .null, .integer(3), .integer(4), .null, .null]
        let chunk = try ParquetDump(
            parquet([ParquetField("n", .int32)], values.map { [$0] }) { $0.pageRows = 2 }.bytes
        ).rowGroups[0].chunks[0]
        let index = try #require(chunk.columnIndex)
        #expect(index[1]?.list.map(\.boolean) == [true, false, false, true])
        #expect(index[2]?.list.map(\.binary) == [[], [5, 0, 0, 0], [3, 0, 0, 0], []])
        #expect(index[3]?.list.map(\.binary) == [[], [5, 0, 0, 0], [4, 0, 0, 0], []])
        #expect(index[4]?.integer == 2)
        #expect(index[5]?.integers == [2, 1, 0, 2])
        #expect(chunk.statistics?[3]?.integer == 5)
        #expect(chunk.statistics?[1]?.binary == [5, 0, 0, 0])
        #expect(chunk.statistics?[2]?.binary == [3, 0, 0, 0])
    }

    @Test func aColumnOfNullsHasPagesButNoBounds() throws {
        let (bytes, summary) = try parquet([ParquetField("s", .string)], Array(repeating: [.null], count: 5)) {
            $0.pageRows = 2
        }
        let chunk = try ParquetDump(bytes).rowGroups[0].chunks[0]
        #expect(chunk.dataPages.map(\.entryCount) == [2, 2, 1])
        #expect(chunk.statistics?[3]?.integer == 5)
        #expect(chunk.statistics?[5] == nil)
        #expect(summary.columns[0].nullCount == 5)
        #expect(summary.columns[0].minimum == nil)
    }

    @Test func pagesOfNaNLeaveNoColumnIndex() throws {
        let chunk = try ParquetDump(
            parquet([ParquetField("d", .double)], [[.double(.nan)], [.double(1)]]) { $0.pageRows = 1 }.bytes
        ).rowGroups[0].chunks[0]
        #expect(chunk.columnIndex == nil)
        #expect(chunk.offsetIndex != nil)
        #expect(chunk.statistics?[9]?.integer == 1)
    }

    @Test func boundsOfTheWholeFileAreInTheSummary() throws {
        let rows: [[Cell]] = (0..<250).map { index in
            [
                .integer(Int64(index)), .text("t\(1000 + index)"), .decimal(Int128(index - 100)),
                index == 7 ? .null : .boolean(true),
            ]
        }
        let fields = [
            ParquetField("n", .int32), ParquetField("s", .string), ParquetField("d", .decimal(precision: 20, scale: 0)),
            ParquetField("b", .boolean),
        ]
        let summary = try parquet(fields, rows) { $0.rowGroupRows = 100 }.summary
        #expect(summary.rowCount == 250)
        #expect(summary.rowGroupCount == 3)
        #expect(
            summary.columns.map(\.minimum) == [.integer(0), .text(Array("t1000".utf8)), .integer(-100), .boolean(true)])
        #expect(
            summary.columns.map(\.maximum) == [
                .integer(249), .text(Array("t1249".utf8)), .integer(149), .boolean(true),
            ])
        #expect(summary.columns.map(\.nullCount) == [0, 0, 0, 1])
    }

    @Test func keyValuesAndTheWritersNameAreInTheFooter() throws {
        let dump = try ParquetDump(
            parquet([ParquetField("n", .int32)], []) { $0.keyValues = [("b", "2"), ("a", "\u{e9}")] }.bytes)
        #expect(dump.footer[1]?.integer == 1)
        #expect(dump.footer[5]?.list.map { $0[1]?.text } == ["b", "a"])
        #expect(dump.footer[5]?.list.map { $0[2]?.text } == ["2", "\u{e9}"])
        #expect(dump.footer[6]?.text == "test version 1.0.0")
        #expect(dump.footer[7]?.list == [.structure([1: .structure([:])])])
    }

    @Test func theBytesDependOnNeitherTheThreadsNorTheBatches() throws {
        var random = SeededRandom(seed: 4)
        let rows: [[Cell]] = (0..<5000).map { index in
            let long = String(repeating: "x", count: index % 70 == 0 ? 3000 : 3)
            let number: Cell = index % 5 == 0 ? .null : .double(Double(index) / 4)
            let status = index % 2 == 0 ? "new" : "old"
            return [.integer(Int64(index)), .text("id-\(random.next())"), .text(status), number, .text(long)]
        }
        let fields = [
            ParquetField("n", .int64), ParquetField("id", .string), ParquetField("status", .string),
            ParquetField("d", .double), ParquetField("long", .string),
        ]
        func bytes(_ threads: Int, _ batchRows: Int) throws -> [UInt8] {
            try parquet(fields, rows, threads: threads, batchRows: batchRows) {
                $0.pageRows = 100
                $0.pageBytes = 5000
                $0.rowGroupRows = 1900
                $0.rowGroupBytes = 60_000
            }.bytes
        }
        let one = try bytes(1, 1)
        let dump = try ParquetDump(one)
        #expect(dump.rowGroups.count >= 3)
        for (threads, batchRows) in [(1, 10_000), (2, 1), (3, 99), (8, 777)] {
            #expect(try bytes(threads, batchRows) == one)
        }
    }

    @Test func aRowGroupEndsWhenItHoldsEnoughBytes() throws {
        var random = SeededRandom(seed: 9)
        let rows: [[Cell]] = (0..<40_000).map { _ in [.text(String(random.next()) + String(random.next()))] }
        let dump = try ParquetDump(
            parquet([ParquetField("s", .string)], rows) {
                $0.rowGroupBytes = 100_000
                $0.pageBytes = 10_000
                $0.codec = .none
            }.bytes)
        #expect(dump.rowGroups.count > 10)
        for group in dump.rowGroups.dropLast() { #expect(100_000..<130_000 ~= group.metadata[6]?.integer ?? 0) }
    }

    @Test(arguments: [1, 7, 1000, 100_000]) func aFullFileTakesNoMoreRows(batchRows: Int) throws {
        var options = ParquetOptions()
        options.fileBytes = 200_000
        options.pageBytes = 10_000
        options.codec = .none
        let sink = MemorySink()
        let schema = try ParquetSchema([ParquetField("n", .int64, isRequired: true)])
        let writer = try ParquetWriter(
            schema, options: options, pool: EncodingPool(WorkPool(threadCount: 2)), sink: sink)
        let batch = RowBatch(schema)
        var row: Int64 = 0
        var taken = 0
        while !writer.isFull, row < 100_000 {
            batch.removeAll()
            for _ in 0..<batchRows {
                batch.columns[0].append(row &* 0x1E37_79B9_7F4A_7C15)
                row += 1
            }
            taken += try writer.append(batch)
        }
        let left = Int(row) - taken
        #expect(writer.isFull)
        #expect(try left == 0 || writer.append(batch, rows: batchRows - left..<batchRows) == 0)
        let summary = try writer.finish()
        #expect(200_000..<240_000 ~= summary.byteCount)
        #expect(summary.rowCount == taken)
        #expect(taken == 28_125)
        #expect(try ParquetDump(sink.bytes).rowCount == taken)
    }
}
