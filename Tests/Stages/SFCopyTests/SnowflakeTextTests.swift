import Bytes
import NDJSON
import StageKit
import Testing

@testable import sf_copy

struct SnowflakeTextTests {
    private let dialect = SQLDialect.snowflake(database: "ecom_dev")

    @Test(arguments: [
        ("it's", "'it''s'"), ("back\\slash", "'back\\\\slash'"), ("two\nlines", "'two\\nlines'"),
        ("nul\0", "'nul\u{FFFD}'"),
        ("\u{1B}", "'\\u001b'"), ("čaj", "'čaj'"), ("$$", "'$$'"),
    ])
    func literalsHoldAnyText(text: String, expected: String) {
        #expect(dialect.literal(text) == expected)
    }

    @Test func namesAreStoredAsUnquotedOnesAre() {
        #expect(dialect.name("lnd", "orders") == "\"ECOM_DEV\".\"LND\".\"ORDERS\"")
        #expect(dialect.identifier("_extra") == "\"_EXTRA\"")
        #expect(dialect.identifier("a\"ß") == "\"A\"\"ß\"")
    }

    @Test(arguments: [
        ("VARCHAR", "VARCHAR"), ("BIGINT", "NUMBER(38,0)"), ("DECIMAL(12,2)", "NUMBER(12,2)"), ("DOUBLE", "FLOAT"),
        ("TIMESTAMP", "TIMESTAMP_NTZ(6)"), ("TIMESTAMP WITH TIME ZONE", "TIMESTAMP_TZ(6)"), ("JSON", "VARIANT"),
        ("TIME", "TIME(6)"), ("DATE", "DATE"), ("BOOLEAN", "BOOLEAN"),
    ])
    func typesHaveTheirSnowflakeNames(type: String, expected: String) {
        #expect(dialect.type(type) == expected)
    }

    @Test(arguments: [
        ("0.000000000", 0), ("1.500000000", 1500), ("-0.500000000", -500), ("-1.000000000", -1000),
        ("-1.000000001", -1001),
        ("1793520000.123456789", 1_793_520_000_123), ("1.5 1440", 1500), ("12", 12_000),
    ])
    func timesBecomeMilliseconds(text: String, expected: Int) {
        #expect(SnowflakeAnswer.milliseconds(text) == expected)
    }

    @Test func valuesFollowTheTypesOfTheirColumns() throws {
        let text = """
            {"statementHandle":"h","resultSetMetaData":{"partitionInfo":[{},{}],"rowType":[{"name":"N","type":"fixed"},
            {"name":"B","type":"boolean"},{"name":"V","type":"variant"},{"name":"T","type":"text"},{"name":"X","type":"real"}]},
            "data":[["12.50","true","{\\"a\\": 1}","null",null]]}
            """
        let answer = SnowflakeAnswer(try #require(try JSONValue(parsing: Array(text.utf8)).object))
        #expect(answer.partitionCount == 2)
        let row = try #require(answer.rows(answer.data).first)
        #expect(
            row == [
                "n": .number("12.50"), "b": .bool(true), "v": .object(["a": .number("1")]), "t": .string("null"),
                "x": .null,
            ])
    }

    @Test(
        arguments: [
            ("abfss://lake@acct.dfs.core.windows.net/", "azure://acct.blob.core.windows.net/lake/"),
            ("abfss://lake@acct.dfs.core.windows.net/a/b//", "azure://acct.blob.core.windows.net/lake/a/b/"),
            (
                "abfss://ws@onelake.dfs.fabric.microsoft.com/item/Files",
                "azure://onelake.blob.fabric.microsoft.com/ws/item/Files/"
            ),
            ("file:/lake", nil), ("abfss://acct.dfs.core.windows.net/", nil),
        ] as [(String, String?)])
    func theStageLiesAtTheBlobEndpoint(lake: String, expected: String?) {
        #expect(SnowflakeStage.blobAddress(lake) == expected)
    }

    @Test func filesAreNamedBelowTheLake() throws {
        let stage = try SnowflakeStage("@lake", database: "ecom", lake: "abfss://l@a.dfs.core.windows.net/x/")
        #expect(stage.sqlName == "\"ECOM\".\"OPS\".\"LAKE\"")
        #expect(stage.relativePath("abfss://l@a.dfs.core.windows.net/x/processed/p.parquet") == "processed/p.parquet")
        #expect(stage.relativePath("abfss://l@a.dfs.core.windows.net/xy/p.parquet") == nil)
        #expect(stage.relativePath("abfss://l@a.dfs.core.windows.net/x/../p.parquet") == nil)
        #expect(throws: StageFailure.self) { try SnowflakeStage("lake", database: "ecom", lake: nil) }
        #expect(throws: StageFailure.self) { try SnowflakeStage("@a..b", database: "ecom", lake: nil) }
    }

    @Test func aThousandNamesAtOnce() throws {
        let stage = try SnowflakeStage("@lake", database: "ecom", lake: "file:/l")
        let copies = stage.copies(of: (0..<2001).map { "f'\($0).parquet" }, into: "t")
        #expect(copies.count == 3)
        #expect(copies.map { $0.split(separator: ",").count } == [1000, 1000, 1])
        #expect(copies[2].contains("FILES = ('f''2000.parquet')"))
    }

    @Test(arguments: [
        ("100038", "Numeric value 'sluice:fence' is not recognized", WarehouseError.fenceBroken),
        (
            "100038", "Numeric value 'sluice:count: 9 rows arrived, the manifest says 10' is not recognized",
            .wrongCount("9 rows arrived, the manifest says 10")
        ),
        ("000625", "waited", .locked("waited (Snowflake 000625)")),
        ("002003", "no\ntable", .refused("no table (Snowflake 002003)")),
        ("003001", "no", .failed(StageFailure(status: 77, "no (Snowflake 003001)"))),
    ])
    func refusalsOfStatements(code: String, message: String, expected: WarehouseError) {
        #expect(SnowflakeRefusal.statement(["code": .string(code), "message": .string(message)]) == expected)
    }
}
