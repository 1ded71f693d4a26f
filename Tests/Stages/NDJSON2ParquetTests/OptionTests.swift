import ArgumentParser
import Bytes
import Contracts
import Parquet
import StageKit
import TestSupport
import Testing

@testable import ndjson2parquet

@Suite struct OptionTests {
    @Test(
        arguments: [
            ("zstd", .zstandard(level: nil)), ("zstd:1", .zstandard(level: 1)), ("zstd:22", .zstandard(level: 22)),
            ("gzip", .gzip(level: 6)), ("gzip:9", .gzip(level: 9)), ("none", ParquetCodec.none),
        ] as [(String, ParquetCodec)])
    func codecsAreNamedWithTheirLevel(argument: String, codec: ParquetCodec) {
        #expect(CompressionChoice(argument: argument)?.codec == codec)
    }

    @Test(arguments: ["", "zstd:", "zstd:0", "zstd:23", "gzip:0", "gzip:10", "none:1", "snappy", "ZSTD", "zstd:3:3"])
    func otherCodecsAreRefused(argument: String) { #expect(CompressionChoice(argument: argument) == nil) }

    @Test(arguments: [
        ("orders.parquet", 1, "orders-00001.parquet"), ("a/b.c/orders.x.parquet", 12, "a/b.c/orders.x-00012.parquet"),
        ("orders", 3, "orders-00003"), (".hidden", 3, ".hidden-00003"),
        ("/x/y.parquet", 123_456, "/x/y-123456.parquet"),
    ])
    func partsAreNumberedBeforeTheExtension(path: String, number: Int, expected: String) {
        #expect(PartFiles.partPath(path, number: number) == expected)
    }

    private func layout(_ arguments: [String], _ settings: String) throws -> ParquetOptions {
        let text = """
            apiVersion: v3.1.0
            kind: DataContract
            id: things
            name: things
            version: 1.0.0
            status: active
            schema:
              - name: things
                physicalType: table
                logicalType: object
                description: Things.
                customProperties: [{property: parquet, value: {\(settings)}}]
                properties:
                  - {name: id, logicalType: string, physicalType: VARCHAR}
            """
        let contract = try Contract.parse(Array(text.utf8), name: "things.odcs.yaml")
        let table = TableDefinition(contract, try contract.dataset(named: nil))
        let program = try NDJSON2Parquet.parse(["-o", "x.parquet"] + arguments)
        return try program.layout(for: table, program.rowOrder(of: table))
    }

    @Test func theCommandLineGoesBeforeTheContractAndThatBeforeTheDefaults() throws {
        let settings = "codec: gzip, level: 9, rowGroupRows: 5000, pageRows: 700, splitBytes: 100000"
        let plain = try layout([], "codec: zstd")
        #expect(plain.codec == .zstandard(level: nil))
        #expect(plain.rowGroupRows == 1_048_576)
        #expect(plain.pageRows == 20_000)
        #expect(plain.fileBytes == nil)
        let contract = try layout([], settings)
        #expect(contract.codec == .gzip(level: 9))
        #expect(contract.rowGroupRows == 5000)
        #expect(contract.pageRows == 700)
        #expect(contract.fileBytes == 100_000)
        let line = try layout(
            [
                "--compression", "none", "--row-group-rows", "9", "--page-rows", "8", "--split-bytes", "7",
                "--page-bytes", "6",
            ],
            settings)
        #expect(line.codec == .none)
        #expect(line.rowGroupRows == 9)
        #expect(line.pageRows == 8)
        #expect(line.fileBytes == 7)
        #expect(line.pageBytes == 6)
    }

    @Test func aFileNamesTheContractAndWhatTheUserAdds() throws {
        let options = try layout(["--meta", "source=a=b", "--meta", "empty="], "codec: zstd")
        #expect(
            options.keyValues.map(\.key) == ["contract.id", "contract.version", "contract.sha256", "source", "empty"])
        #expect(options.keyValues.map(\.value).suffix(2) == ["a=b", ""])
        #expect(options.createdBy == "ndjson2parquet version \(sluiceVersion)")
    }
}

@Suite struct PublishingTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private static func schema() throws -> ParquetSchema {
        try ParquetSchema([ParquetField("n", .int64, isRequired: true)])
    }

    private func files(_ name: String, fileBytes: Int? = nil) throws -> PartFiles {
        var options = ParquetOptions()
        options.fileBytes = fileBytes
        options.pageRows = 10
        options.codec = .none
        return try PartFiles(
            path: folder.file(name), isSplit: fileBytes != nil, schema: Self.schema(), options: options,
            pool: EncodingPool(WorkPool(threadCount: 1)))
    }

    @Test func nothingAppearsBeforeAllIsWhole() throws {
        let parts = try files("a/out.parquet", fileBytes: 2000)
        let batch = try RowBatch(Self.schema())
        for row in 0..<1000 { batch.columns[0].append(Int64(row) &* 0x1E37_79B9_7F4A_7C15) }
        try parts.append(batch)
        let before = try FileSystem.names(in: folder.file("a"))
        #expect(before.count > 3)
        #expect(before.allSatisfy { $0.hasSuffix(".partial") })
        let published = try parts.publish()
        #expect(published.count == before.count)
        #expect(published.reduce(0) { $0 + $1.summary.rowCount } == 1000)
        #expect(try FileSystem.names(in: folder.file("a")) == published.map { FileSystem.name(of: $0.stored.path) })
        for part in published { #expect(try FileSystem.status(part.stored.path)?.byteCount == part.stored.byteCount) }
    }

    @Test func anAbandonedRunLeavesNothing() throws {
        do {
            let parts = try files("out.parquet")
            let batch = try RowBatch(Self.schema())
            batch.columns[0].append(Int64(1))
            try parts.append(batch)
            #expect(try folder.names() == ["out.parquet.partial"])
        }
        #expect(try folder.names() == [])
    }

    @Test func aFullDeviceIsAnErrorAndNotAFile() throws {
        let sink = PartFileOnFullDevice()
        let writer = try? ParquetWriter(
            Self.schema(), options: ParquetOptions(), pool: EncodingPool(WorkPool(threadCount: 1)), sink: sink)
        #expect(writer == nil)
    }
}

/// What a full disk does to a write.
private final class PartFileOnFullDevice: ByteSink {
    let path = "full"
    func write(_ bytes: UnsafeRawBufferPointer) throws(IOError) { throw .system(call: "write", path: path, code: 28) }
    func finish() throws(IOError) {}
}
