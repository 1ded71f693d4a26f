import Bytes
import Contracts
import NDJSON
import TestSupport
import Testing

@testable import Parquet
@testable import ndjson2parquet

@Suite struct RowSorterTests {
    /// Sorts lines by keys and gives the lines.
    private func sorted(_ records: [(key: [UInt8], line: String)], memory: Int) throws -> [String] {
        let sorter = RowSorter(memory: memory)
        for record in records {
            try Array(record.line.utf8).withUnsafeBytes { try sorter.add(key: record.key, line: $0) }
        }
        let text = String(decoding: try FileSystem.contents(of: sorter.finish()), as: UTF8.self)
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    @Test(arguments: [100, 1000, 10_000, 10_000_000]) func linesOfEqualKeysKeepTheirOrderWhateverTheMemory(memory: Int)
        throws
    {
        var random = SeededRandom(seed: 6)
        let records = (0..<3000).map { number -> (key: [UInt8], line: String) in
            let key = (0..<Int.random(in: 0...12, using: &random)).map { _ in UInt8.random(in: 0...3, using: &random) }
            return (key, "line \(number) " + String(repeating: "x", count: number % 50 == 0 ? 500 : number % 7))
        }
        let expected = records.enumerated().sorted { left, right in
            left.element.key == right.element.key
                ? left.offset < right.offset : left.element.key.lexicographicallyPrecedes(right.element.key)
        }.map(\.element.line)
        #expect(try sorted(records, memory: memory) == expected)
    }

    @Test func nothingSortsToNothing() throws { #expect(try sorted([], memory: 100) == []) }
}

@Suite struct SortKeyTests {
    /// The order in which the values of a column stand when they are sorted, as positions in the list.
    private func order(_ values: [String], _ type: LogicalType, isDescending: Bool = false) throws -> [Int] {
        let table = RowBinderTests.table([("c", type, false)])
        var keys: [[UInt8]] = []
        var binder = RowBinder(table)
        var record = RecordView()
        let batch = RowBatch(try table.schema())
        var key = SortKey([SortColumn(leaf: 0, isDescending: isDescending)])
        for value in values {
            batch.removeAll()
            try Array("{\"c\":\(value)}".utf8).withUnsafeBytes { bytes in
                try record.parse(bytes)
                try binder.append(record, of: bytes, to: batch.columns)
            }
            key.read(batch)
            keys.append(key.bytes)
        }
        return keys.indices.sorted {
            keys[$0] == keys[$1] ? $0 < $1 : keys[$0].lexicographicallyPrecedes(keys[$1])
        }
    }

    /// Values in their order.
    static let ordered: [([String], LogicalType)] = [
        (["null", "-9223372036854775808", "-1", "0", "1", "9223372036854775807"], .integer(.i64)),
        (["null", "-2147483648", "0", "2147483647"], .integer(.i32)), (["null", "false", "true"], .boolean),
        (["null", "-1e308", "-1.5", "-5e-324", "0", "5e-324", "1.5", "1e308"], .double),
        (["null", "-99.99", "-0.01", "0", "0.01", "99.99"], .decimal(precision: 4, scale: 2)),
        (["null", "-1e37", "-1", "0", "1", "1e37"], .decimal(precision: 38, scale: 0)),
        (["null", #""""#, #""a""#, #""a ""#, #""aa""#, #""b""#, "\"\u{e9}\""], .string(maximumLength: nil)),
        (["null", #""1969-12-31""#, #""1970-01-01""#, #""2018-01-31""#], .date),
        (["null", #""1969-12-31T23:59:59""#, #""2018-01-31T00:00:00""#], .timestamp(isInstant: false)),
    ]

    @Test(arguments: ordered) func keysCompareAsValuesDo(values: [String], type: LogicalType) throws {
        let all = Array(values.indices)
        #expect(try order(values, type) == all)
        #expect(try order(values.reversed(), type) == all.reversed())
        #expect(try order(values, type, isDescending: true) == all.reversed())
    }

    @Test func columnsAreNamedWithTheirDirection() throws {
        let table = RowBinderTests.table([("a", .double, false), ("b:desc", .date, false)])
        #expect(
            try SortColumn.parse("a", in: table, for: "x") == SortColumn(leaf: 0, isDescending: false))
        #expect(try SortColumn.parse("a:desc", in: table, for: "x").isDescending)
        #expect(try !SortColumn.parse("b:desc", in: table, for: "x").isDescending)
        #expect(try SortColumn.parse("b:desc:desc", in: table, for: "x").isDescending)
        #expect(throws: (any Error).self) { try SortColumn.parse("c", in: table, for: "x") }
    }
}

@Suite struct PartitionTests {
    @Test(
        arguments: [
            (nil, .string, "__HIVE_DEFAULT_PARTITION__"),
            (.text(Array("S\u{e3}o/Paulo =1".utf8)), .string, "S%C3%A3o%2FPaulo%20%3D1"),
            (.text([]), .string, ""), (.integer(-5), .int32, "-5"), (.integer(17_562), .date, "2018-01-31"),
            (.integer(1990), .decimal(precision: 9, scale: 2), "19.90"), (.boolean(true), .boolean, "true"),
            (.integer(1_000_000), .timestamp(isInstant: false), "1970-01-01T00%3A00%3A01"),
        ] as [(PlainValue?, ParquetType, String)])
    func valuesAreNamesOfFolders(value: PlainValue?, type: ParquetType, name: String) {
        #expect(PartitionedFiles.text(value, type) == name)
    }

    @Test func runsOfEqualRowsAreFound() throws {
        let schema = try ParquetSchema([ParquetField("a", .string), ParquetField("b", .int64, isRequired: true)])
        let batch = RowBatch(schema)
        #expect(batch.runs(of: [0]) == [])
        for (text, number) in [("x", 1), ("x", 1), ("", 1), (nil, 1), (nil, 1), (nil, 2), ("x", 2)]
            as [(String?, Int64)]
        {
            if let text {
                Array(text.utf8).withUnsafeBytes { batch.columns[0].append($0) }
            } else {
                batch.columns[0].appendNull()
            }
            batch.columns[1].append(number)
        }
        #expect(batch.runs(of: [0]) == [0..<2, 2..<3, 3..<6, 6..<7])
        #expect(batch.runs(of: [1]) == [0..<5, 5..<7])
        #expect(batch.runs(of: [0, 1]) == [0..<2, 2..<3, 3..<5, 5..<6, 6..<7])
        #expect(batch.runs(of: []) == [0..<7])
        #expect(batch.value(ofRow: 2, column: 0) == .text([]))
        #expect(batch.value(ofRow: 3, column: 0) == nil)
        #expect(batch.value(ofRow: 6, column: 1) == .integer(2))
    }

    @Test func aFolderAppearsWholeOrNotAtAll() throws {
        let place = try TemporaryDirectory()
        do {
            let folder = try PartialFolder(path: place.file("out/"))
            try place.write("out.partial/a=1/x", text: "x")
            #expect(folder.path == place.file("out"))
            #expect(try place.names() == ["out.partial"])
        }
        #expect(try place.names() == [])
        try place.write("out.partial/left", text: "by a killed run")
        try FileSystem.makeFolders(place.file("out"))
        let folder = try PartialFolder(path: place.file("out"))
        try place.write("out.partial/a=1/x", text: "x")
        try folder.publish()
        #expect(try place.names() == ["out"])
        #expect(try FileSystem.names(in: place.file("out")) == ["a=1"])
        #expect(throws: (any Error).self) { try PartialFolder(path: place.file("out")) }
        #expect(try place.names() == ["out"])
    }
}
