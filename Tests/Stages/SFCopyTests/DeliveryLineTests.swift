import NDJSON
import Testing

@testable import sf_copy

struct DeliveryLineTests {
    private static let file = """
        "file":{"root":"r","id":"f","name":"n","drive_path":"p","version":"v","sha256":"\(String(repeating: "a", count: 64))"}
        """
    private static let head = """
        "delivery":"0123456789abcdef","dataset":"things","status":"new","delivered_at":"2026-11-25T10:20:30.123Z"
        """

    private static func parse(_ text: String) throws -> DeliveryLine? {
        let document = try #require(try JSONValue(parsing: Array("{\(text)}".utf8)).object)
        return try DeliveryLine(ManifestRecord(document))
    }

    @Test(arguments: [
        ("\(file)", "`delivery` is not 16 lower-case hexadecimal digits"),
        ("\(head)", "neither a delivery record nor an acceptance: it has no `file`"),
        ("\(head),\(file)", "`process` is missing: the delivery has not been processed"),
        ("\(head),\(file),\"process\":{}", "`process.key` is missing"),
        (
            "\(head.replacing("\"new\"", with: "\"lost\"")),\(file),\"process\":{\"key\":\"k\"}",
            "`status` is not new, unchanged or deleted"
        ),
        (
            "\(head),\(file),\"process\":{\"key\":\"k\",\"rows\":{\"read\":1,\"emitted\":-1}}",
            "`process.rows.emitted` is no count"
        ),
        (
            "\(head),\(file),\"accepted_at\":\"yesterday\",\"process\":{\"key\":\"k\"}",
            "`accepted_at` is not a time such as 2026-11-25T10:20:30.123Z"
        ),
        ("\(head),\(file),\"process\":{\"key\":\"k\"},\"processed\":[{}]", "`processed` has an entry without url"),
        (
            "\(head),\(file.replacing("aaaa", with: "xyzw")),\"process\":{\"key\":\"k\"}",
            "`file.sha256` is not 64 hexadecimal digits"
        ),
    ])
    func refusesALineThatIsWrong(text: String, reason: String) {
        #expect(throws: ManifestError(reason)) { try Self.parse(text) }
    }

    @Test(
        arguments: [
            // parts described, processed, counts, rejects, what is wrong
            (1, ["x/part-0.parquet"], [5, 5, 0, 0, 0], "null", nil),
            (2, ["x/part-0.parquet", "x/b"], [9, 5, 3, 1, 0], "{\"url\":\"file:x/rejects.parquet\",\"rows\":3}", nil),
            (0, [], [2, 0, 1, 1, 0], "{\"url\":\"file:x/rejects.parquet\",\"rows\":1}", nil),
            (0, [], [2, 0, 0, 1, 1], "null", nil),
            (
                1, ["x/part-0.parquet"], [6, 5, 0, 0, 0], "null",
                "`process.rows`: read is not emitted + rejected + duplicates + blank"
            ),
            (2, ["x/part-0.parquet"], [5, 5, 0, 0, 0], "null", "`process.parts` has 2 files, `processed` has 1"),
            (0, [], [5, 5, 0, 0, 0], "null", "`processed` has no Parquet file"),
            (1, ["x/part-0.parquet"], [6, 5, 1, 0, 0], "{\"rows\":1}", "`process.rejects` has no url"),
            (
                1, ["x/part-0.parquet"], [6, 5, 1, 0, 0], "{\"url\":\"file:x/rejects.parquet\",\"rows\":2}",
                "`process.rejects` has 2 rows, `process.rows.rejected` is 1"
            ),
        ] as [(Int, [String], [Int], String, String?)])
    func saysWhatDoesNotFitTogether(
        described: Int, urls: [String], counts: [Int], rejects: String, problem: String?
    ) throws {
        let parts = [String](repeating: "{\"bytes\":1}", count: described).joined(separator: ",")
        let processed = urls.map { "{\"url\":\"file:\($0)\",\"etag\":null}" }.joined(separator: ",")
        let text = """
            \(Self.head),\(Self.file),"process":{"key":"k","rows":{"read":\(counts[0]),"emitted":\(counts[1]),
            "rejected":\(counts[2]),"duplicates":\(counts[3]),"blank":\(counts[4])},"parts":[\(parts)],
            "rejects":\(rejects)},"processed":[\(processed)]
            """
        guard case .rows(let rows)? = try Self.parse(text)?.work else {
            Issue.record("the line has no rows")
            return
        }
        #expect(rows.problem == problem)
        if problem == nil {
            #expect(rows.parts.count == described)
            #expect((rows.rejects == nil) == (rejects == "null"))
            #expect(rows.folder == (urls.isEmpty && rejects == "null" ? nil : "file:x"))
        }
    }

    @Test(arguments: [
        ("file:work/lake/a.parquet", "work/lake/a.parquet"), ("file:/lake/a.parquet", "/lake/a.parquet"),
        ("file:///lake/a.parquet", "/lake/a.parquet"), ("abfss://lake@a.dfs.core.windows.net/a.parquet", nil),
    ])
    func knowsWhatIsAFileOfThisMachine(url: String, path: String?) {
        #expect(LakeFile(url: url, byteCount: nil).localPath == path)
        #expect(LakeFile(url: url, byteCount: nil, copy: "copies/part").localPath == "copies/part")
    }

    @Test func deletionsComeLastAndTheRestByDelivery() throws {
        let lines = try [("3", "new", "03"), ("1", "deleted", "01"), ("2", "new", "02")].map { id, status, day in
            let text = """
                "delivery":"000000000000000\(id)","dataset":"things","status":"\(status)",
                "delivered_at":"2026-11-\(day)T00:00:00.000Z",\(Self.file),"process":{"key":"k"}
                """
            return try #require(try Self.parse(text))
        }
        #expect(DeliveryLoader.ordered(lines).map { $0.record.delivery.suffix(1) } == ["2", "3", "1"])
    }
}
