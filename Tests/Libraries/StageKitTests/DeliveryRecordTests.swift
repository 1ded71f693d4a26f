import Bytes
import NDJSON
import StageKit
import Testing

@Suite struct DeliveryRecordTests {
    private func record(
        _ delivery: String = "0123456789abcdef", id: String = "a.xlsx", at time: String = "2026-01-01T00:00:00.000Z",
        version: String = "v1"
    ) -> String {
        """
        {"delivery":"\(delivery)","dataset":null,"status":"new","delivered_at":"\(time)","file":{"root":"file:/r",\
        "id":"\(id)","name":"a.xlsx","drive_path":"a.xlsx","version":"\(version)","sha256":"00"},"path":"p"}
        """
    }

    private func read(_ lines: [String]) throws -> NewestRecords {
        try NewestRecords.read(MemorySource(Array(lines.joined(separator: "\n").utf8), path: "known"))
    }

    @Test func theNewestOfEachFileCountsInWhateverOrder() throws {
        let lines = [
            record("000000000000000b", at: "2026-01-01T00:00:00.002Z", version: "v2"),
            record("000000000000000c", id: "b.xlsx", at: "2025-01-01T00:00:00.000Z"),
            record("000000000000000a", at: "2026-01-01T00:00:00.001Z"), "",
            #"{"delivery":"000000000000000a","accepted_at":"2027-01-01T00:00:00.000Z","accepted_by":"me"}"#,
        ]
        for order in [lines, lines.reversed()] {
            let records = try read(order)
            #expect(records["a.xlsx"]?.delivery == "000000000000000b")
            #expect(records["b.xlsx"]?.delivery == "000000000000000c")
            #expect(records["c.xlsx"] == nil)
            #expect(records.all.map(\.fileID) == ["a.xlsx", "b.xlsx"])
        }
    }

    @Test func idsThatDifferOnlyInNormalisationAreTwoFiles() throws {
        let records = try read([record(id: "caf\u{E9}"), record("fedcba9876543210", id: "cafe\u{301}")])
        #expect(records.all.count == 2)
        #expect(records["cafe\u{301}"]?.delivery == "fedcba9876543210")
    }

    @Test(arguments: [
        ("{}", "known:1: neither a delivery record nor an acceptance: it has no `file`"),
        (#"{"file":{},"delivery":"xyz"}"#, "known:1: `delivery` is not 16 lower-case hexadecimal digits"),
        (
            #"{"file":{},"delivery":"0123456789abcdef","delivered_at":null}"#,
            "known:1: `delivered_at` is not a time such as 2026-11-25T10:20:30.123Z"
        ),
        (
            #"{"file":{"root":"r"},"delivery":"0123456789abcdef","delivered_at":"2026-11-25T10:20:30.123Z"}"#,
            "known:1: `file.id` is missing or no text"
        ),
        ("[1]", "known:1: not a JSON object (byte 1)"), ("{\"a\"", "known:1: the text ends too early (byte 5)"),
    ])
    func aLineThatIsNeitherIsBadData(line: String, message: String) {
        #expect(throws: StageFailure.badData(message)) { try read([line]) }
    }

    /// The same as `printf 'a.xlsx\nv1\n' | sha256sum`, and with the id before.
    @Test func theIDIsTheHashOfFileVersionAndPrevious() {
        #expect(DeliveryRecord.deliveryID(fileID: "a.xlsx", version: "v1", previous: nil) == "ab6ee73248552a85")
        #expect(
            DeliveryRecord.deliveryID(fileID: "a.xlsx", version: "v1", previous: "0123456789abcdef")
                == "825dc44bd443cf17")
    }
}
