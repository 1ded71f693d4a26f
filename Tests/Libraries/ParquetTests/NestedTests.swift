import Bytes
import Testing

@testable import Parquet

@Suite struct NestedTests {
    /// The specification's example: [[1,2], null, [], [null,3]].
    @Test func listsHaveTheLevelsOfTheSpecification() throws {
        var options = ParquetOptions()
        options.codec = .none
        let sink = MemorySink()
        let schema = try ParquetSchema([ParquetField("l", shape: .list(ParquetField("element", .int32)))])
        let writer = try ParquetWriter(
            schema, options: options, pool: EncodingPool(WorkPool(threadCount: 1)), sink: sink)
        let batch = RowBatch(schema)
        batch.columns[0].append(Int64(1))
        batch.columns[0].append(Int64(2), repetition: 1)
        batch.columns[0].appendNull(definition: 0)
        batch.columns[0].appendNull(definition: 1)
        batch.columns[0].appendNull(definition: 2)
        batch.columns[0].append(Int64(3), repetition: 1)
        _ = try writer.append(batch)
        _ = try writer.finish()
        let dump = try ParquetDump(sink.bytes)
        let page = dump.rowGroups[0].chunks[0].pages[0]
        #expect(page.entryCount == 6)
        #expect(
            page.body == [2, 0, 0, 0, 3, 0x22, 3, 0, 0, 0, 3, 0x4F, 0x0E, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0])
        #expect(dump.rowCount == 4)
        #expect(dump.schema.map { $0[4]?.text } == ["schema", "l", "list", "element"])
        #expect(dump.schema.map { $0[3]?.integer } == [nil, 1, 2, 1])
        #expect(dump.schema.map { $0[5]?.integer } == [1, 1, 1, nil])
        #expect(dump.schema[1][6]?.integer == 3)
        #expect(dump.schema[1][10] == .structure([3: .structure([:])]))
    }

    @Test func pagesEndWhereARecordEnds() throws {
        var options = ParquetOptions()
        options.pageRows = 2
        let sink = MemorySink()
        let schema = try ParquetSchema([ParquetField("l", shape: .list(ParquetField("element", .int32)))])
        let writer = try ParquetWriter(
            schema, options: options, pool: EncodingPool(WorkPool(threadCount: 1)), sink: sink)
        let batch = RowBatch(schema)
        for row in 0..<5 {
            for item in 0...row { batch.columns[0].append(Int64(item), repetition: item == 0 ? 0 : 1) }
        }
        _ = try writer.append(batch)
        _ = try writer.finish()
        let chunk = try ParquetDump(sink.bytes).rowGroups[0].chunks[0]
        #expect(chunk.dataPages.map(\.entryCount) == [3, 7, 5])
        #expect(chunk.offsetIndex?[1]?.list.map { $0[3]?.integer } == [0, 2, 4])
    }
}
