import Bytes
import Contracts
import StageKit
import Testing

@testable import ndjson2parquet

@Suite struct InferenceTests {
    private func columns(_ lines: [String]) throws -> [TableDefinition.Column] {
        var inference = Inference(path: "rows")
        try inference.read(MemorySource(Array(lines.map { $0 + "\n" }.joined().utf8), stride: 7))
        return try inference.table(isWhole: true).columns
    }

    static let types: [([String], LogicalType)] = [
        (["null", "null"], .string(maximumLength: nil)), (["true", "null", "false"], .boolean),
        (["1", "-5"], .integer(.i64)),
        (["9223372036854775807"], .integer(.i64)), (["1", "9223372036854775808"], .decimal(precision: 38, scale: 0)),
        (["1", "1.5"], .double), (["1e3"], .double), (["1.0"], .double), (["0.5", "9223372036854775808"], .json),
        (["1e999"], .json), ([String(repeating: "9", count: 39)], .json),
        ([#""2018-01-31""#], .date), ([#""2018-01-31""#, #""x""#], .string(maximumLength: nil)),
        ([#""12:30:00""#], .time), ([#""2018-01-31T12:30:00""#, "null"], .timestamp(isInstant: false)),
        ([#""2018-01-31T12:30:00Z""#, #""2018-01-31T12:30:00+01:00""#], .timestamp(isInstant: true)),
        ([#""2018-01-31T12:30:00Z""#, #""2018-01-31T12:30:00""#], .string(maximumLength: nil)),
        ([#""2018-01-31""#, #""2018-01-31T12:30:00""#], .string(maximumLength: nil)),
        ([#""01310""#], .string(maximumLength: nil)), ([#""12""#, #""2018\u002d01-31""#], .string(maximumLength: nil)),
        (["[1]"], .json), (["{}", "null"], .json), (["1", #""1""#], .json), (["true", "1"], .json),
        (["[]", #""x""#], .json),
    ]

    @Test(arguments: types) func theTypeHoldsAllValuesInAnyOrder(values: [String], type: LogicalType) throws {
        for order in [values, values.reversed()] {
            #expect(try columns(order.map { #"{"c":\#($0)}"# }) == [.init(name: "c", type: type, isRequired: false)])
        }
    }

    @Test func columnsStandInTheOrderOfTheirFirstAppearance() throws {
        let found = try columns([
            #"{"b":1,"_source_file":"f","_source_row":2,"_source_columns":{"b":"A"}}"#, "", #"{"a":"x","b":2}"#,
            #"{"c":true}"#,
        ])
        #expect(found.map(\.name) == ["b", "_source_file", "_source_row", "a", "c"])
        #expect(
            found.map(\.type) == [
                .integer(.i64), .string(maximumLength: nil), .integer(.i64), .string(maximumLength: nil), .boolean,
            ])
    }

    @Test func withoutRowsThereIsNothingToInfer() {
        #expect(throws: StageFailure.badData("rows: there are no rows to infer columns from")) { try columns([]) }
        #expect(throws: StageFailure.badData("rows: there are no rows to infer columns from")) {
            try columns(["", "{}"])
        }
    }

    @Test func aLineThatIsNoRecordIsTold() {
        #expect(throws: StageFailure.badData("rows:3: not a JSON object (byte 1)")) {
            try columns([#"{"a":1}"#, "", "[1]"])
        }
    }

    @Test(arguments: [1, 10, 11, 12, 1000]) func theFrontOfAStreamIsReadTwice(byteLimit: Int) throws {
        let text = Array("line one\nline two\nthe end".utf8)
        let front = try FrontOfSource(MemorySource(text, stride: 5), byteLimit: byteLimit)
        #expect(front.isWhole == (byteLimit > text.count))
        let sample = try FileSystem.contents(of: front.sample())
        #expect(text.starts(with: sample))
        #expect(front.isWhole ? sample == text : sample.isEmpty || sample.last == 0x0A)
        #expect(try FileSystem.contents(of: front) == text)
    }
}
