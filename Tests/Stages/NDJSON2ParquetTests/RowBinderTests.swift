import Bytes
import Contracts
import NDJSON
import TestSupport
import Testing

@testable import Parquet
@testable import ndjson2parquet

@Suite struct RowBinderTests {
    static func table(_ columns: [(String, LogicalType, Bool)], dropsUnknownKeys: Bool = false) -> TableDefinition {
        TableDefinition(
            columns: columns.map { TableDefinition.Column(name: $0, type: $1, isRequired: $2) },
            origin: .contract(dropsUnknownKeys: dropsUnknownKeys), keyValues: [], settings: nil)
    }

    /// Binds lines to columns and gives what each column got, as the file's summary tells it.
    private func write(_ table: TableDefinition, _ lines: [String]) throws -> (ParquetSummary, RowBinder) {
        let schema = try table.schema()
        let writer = try ParquetWriter(
            schema, options: ParquetOptions(), pool: EncodingPool(WorkPool(threadCount: 1)), sink: MemorySink())
        let batch = RowBatch(schema)
        var record = RecordView()
        var binder = RowBinder(table)
        for line in lines {
            try Array(line.utf8).withUnsafeBytes { bytes in
                try record.parse(bytes)
                try binder.append(record, of: bytes, to: batch.columns)
            }
        }
        _ = try writer.append(batch)
        return (try writer.finish(), binder)
    }

    private static let two = table([("id", .integer(.i32), true), ("name", .string(maximumLength: nil), false)])

    @Test func keysFindTheirColumnsInAnyOrderAndSpelling() throws {
        let summary = try write(
            Self.two,
            [
                #"{"id":1,"name":"b"}"#, #"{"name":"a","id":2}"#, #"{"\u0069d":3}"#, #"{"id":4,"name":null}"#,
                #"{"id":5,"_source_columns":{"id":"A"}}"#, #"{ "id" : 6 , "name" : "c" }"#,
            ]
        ).0
        #expect(summary.rowCount == 6)
        #expect(summary.columns.map(\.nullCount) == [0, 3])
        #expect(summary.columns[0].minimum == .integer(1))
        #expect(summary.columns[0].maximum == .integer(6))
        #expect(summary.columns[1].minimum == .text(Array("a".utf8)))
        #expect(summary.columns[1].maximum == .text(Array("c".utf8)))
    }

    @Test func theSameKeysInAnotherOrderAreBoundAgain() throws {
        let table = Self.table([("a", .integer(.i32), false), ("b", .integer(.i32), false)])
        let summary = try write(table, [#"{"a":1,"b":10}"#, #"{"b":20,"a":2}"#, #"{"b":30,"a":3}"#, #"{"a":4}"#]).0
        #expect(summary.columns[0].maximum == .integer(4))
        #expect(summary.columns[1].minimum == .integer(10))
        #expect(summary.columns[1].maximum == .integer(30))
        #expect(summary.columns[1].nullCount == 1)
    }

    @Test func unknownKeysAreRefusedOrDroppedAsTheContractSays() throws {
        #expect(throws: RowProblem("column colour is unknown to the contract")) {
            try write(Self.two, [#"{"id":1,"colour":"red"}"#])
        }
        let table = Self.table([("id", .integer(.i32), true)], dropsUnknownKeys: true)
        let binder = try write(table, [#"{"id":1,"x":0}"#, #"{"id":2,"x":0}"#, #"{"id":3,"y":1,"z":2}"#]).1
        #expect(binder.droppedCount == 4)
    }

    @Test(arguments: [
        (#"{"id":null}"#, "column id: null in a required column (INTEGER)"),
        (#"{"name":"x"}"#, "column id: null in a required column (INTEGER)"),
        (#"{"id":"1x"}"#, "column id: 1x: not a number (INTEGER)"),
        (#"{"id":1,"name":true}"#, "column name: true: not a string (VARCHAR)"),
    ])
    func problemsNameColumnValueAndType(line: String, message: String) {
        #expect(throws: RowProblem(message)) { try write(Self.two, [line]) }
    }

    @Test func longValuesAreQuotedInPart() {
        let value = String(repeating: "\u{e9}", count: 200)
        let problem = RowProblem(column: Self.two.columns[0], value: value, problem: .notANumber)
        #expect(problem.message == "column id: \(value.prefix(100))…: not a number (INTEGER)")
    }
}

@Suite struct CellReaderTests {
    /// The value that a cell became, or why not.
    private func read(_ json: String, _ type: LogicalType, isRequired: Bool = false) throws -> PlainValue? {
        let table = RowBinderTests.table([("c", type, isRequired)])
        let schema = try table.schema()
        let writer = try ParquetWriter(
            schema, options: ParquetOptions(), pool: EncodingPool(WorkPool(threadCount: 1)), sink: MemorySink())
        let batch = RowBatch(schema)
        var record = RecordView()
        var scratch: [UInt8] = []
        try Array("{\"c\":\(json)}".utf8).withUnsafeBytes { bytes in
            try record.parse(bytes)
            let field = record.fields[0]
            try CellReader(type: type, isRequired: isRequired).append(
                field.kind, field.value, of: bytes, to: #require(batch.columns.baseAddress), scratch: &scratch)
        }
        _ = try writer.append(batch)
        return try writer.finish().columns[0].minimum
    }

    private static func text(_ text: String) -> PlainValue { .text(Array(text.utf8)) }

    static let good: [(String, LogicalType, PlainValue?)] = [
        ("null", .double, nil), (#""a\nb\u00e9""#, .string(maximumLength: 4), text("a\nb\u{e9}")),
        (#""""#, .string(maximumLength: nil), text("")),
        (#""\ud83d\ude00""#, .string(maximumLength: 1), text("\u{1F600}")),
        ("12", .integer(.i8), .integer(12)), (#""12""#, .integer(.i64), .integer(12)),
        ("1.0", .integer(.i32), .integer(1)),
        ("4294967295", .integer(.u32), .integer(4_294_967_295)), ("-128", .integer(.i8), .integer(-128)),
        ("19.9", .decimal(precision: 12, scale: 2), .integer(1990)),
        (#""19.90""#, .decimal(precision: 9, scale: 2), .integer(1990)),
        ("-1e20", .decimal(precision: 38, scale: 2), .integer(-10_000_000_000_000_000_000_000)),
        ("0.1", .double, .double(0.1)), ("5e-324", .double, .double(Double.leastNonzeroMagnitude)),
        ("true", .boolean, .boolean(true)),
        (#""2018-01-31""#, .date, .integer(17_562)), (#""00:00:01""#, .time, .integer(1_000_000)),
        (#""1970-01-01T00:00:01""#, .timestamp(isInstant: false), .integer(1_000_000)),
        (#""1970-01-01T01:00:01+01:00""#, .timestamp(isInstant: true), .integer(1_000_000)),
        (#"{"a": 1}"#, .json, text(#"{"a": 1}"#)), (#""a\n""#, .json, text(#""a\n""#)), ("1.50", .json, text("1.50")),
        ("[ ]", .json, text("[ ]")), ("true", .json, text("true")), ("null", .json, nil),
    ]

    @Test(arguments: good) func valuesThatFitArriveExactly(json: String, type: LogicalType, value: PlainValue?) throws {
        #expect(try read(json, type) == value)
    }

    static let bad: [(String, LogicalType, CellProblem)] = [
        ("1", .string(maximumLength: nil), .wrongKind(expected: "a string")),
        ("[]", .string(maximumLength: nil), .wrongKind(expected: "a string")),
        (#""abc""#, .string(maximumLength: 2), .tooLong(limit: 2)),
        (#""\u0061bc""#, .string(maximumLength: 2), .tooLong(limit: 2)),
        ("128", .integer(.i8), .tooLarge), ("-1", .integer(.u32), .tooLarge), ("1.5", .integer(.i32), .fraction),
        ("true", .integer(.i32), .wrongKind(expected: "a number")), (#""""#, .integer(.i32), .notANumber),
        (#""1\u0030""#, .integer(.i32), .wrongKind(expected: "a number")),
        ("0.001", .decimal(precision: 12, scale: 2), .excessScale(2)),
        ("1e10", .decimal(precision: 12, scale: 2), .tooLarge),
        ("{}", .decimal(precision: 12, scale: 2), .wrongKind(expected: "a number")),
        (#""0.1""#, .double, .wrongKind(expected: "a number")), ("1e999", .double, .tooLarge),
        (#""true""#, .boolean, .wrongKind(expected: "true or false")),
        ("0", .boolean, .wrongKind(expected: "true or false")),
        (#""2018-1-31""#, .date, .notADate), ("17562", .date, .notADate), (#""2018-01-31\u0020""#, .date, .notADate),
        (#""12:30""#, .time, .notATime), (#""2018-01-31""#, .timestamp(isInstant: false), .notATimestamp),
        (#""2018-01-31T00:00:00Z""#, .timestamp(isInstant: false), .notATimestamp),
        (#""2018-01-31T00:00:00""#, .timestamp(isInstant: true), .notAnInstant),
    ]

    @Test(arguments: bad) func whatDoesNotFitSaysWhy(json: String, type: LogicalType, problem: CellProblem) {
        #expect(throws: problem) { try read(json, type) }
        #expect(throws: CellProblem.nullInRequiredColumn) { try read("null", type, isRequired: true) }
    }
}
