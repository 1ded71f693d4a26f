import Bytes
import Contracts
import Digests
import NDJSON
import StageKit
import TestSupport
import Testing

@testable import sf_copy

struct PendingDeliveriesTests {
    private static func time(_ day: Int) -> UTCTime { UTCTime(clampingMilliseconds: day * 86_400_000) }
    private static let delivery = "00000000000000aa"
    private static let content = String(repeating: "a", count: 64)

    private static func finder(_ folder: TemporaryDirectory, retries: Bool) throws -> PendingDeliveries {
        try folder.write("things.odcs.yaml", text: LoadPlanTests.contract)
        return PendingDeliveries(contracts: try ContractDirectory.load(path: folder.path), retries: retries)
    }

    private static func record(_ status: String = "new") throws -> ManifestRecord {
        let text = """
            {"delivery":"\(delivery)","dataset":null,"status":"\(status)","delivered_at":"\(time(1).text)","own":{"kept":1.50},
            "file":{"root":"r","id":"f","name":"n","drive_path":"a/Things.XLSX","version":"v","sha256":"\(content)"}}
            """
        return try ManifestRecord(try #require(try JSONValue(parsing: Array(text.utf8)).object))
    }

    /// What the warehouse may know of the delivery: `KEY` stands for the key that it would be processed with now.
    private static let known:
        [(name: String, dataset: String, key: String?, attempted: String?, status: DeliveryStatus, from: Int?)] = [
            ("current", "things", "KEY", nil, .current, 1), ("superseded", "things", "KEY", nil, .superseded, 1),
            ("old key", "things", "old", nil, .current, 1), ("failed", "things", "KEY", nil, .failed, nil),
            ("failed before", "things", "old", nil, .failed, nil),
            ("quarantined", "things", "KEY", nil, .quarantined, nil),
            ("kept", "things", "old", "KEY", .current, 1),
            ("kept of an older try", "things", "old", "older", .current, 1),
            ("accepted and kept", "things", "old", "KEY", .current, 5),
            ("other dataset", "gadgets", "old", nil, .current, 1),
            ("kept in the other dataset", "gadgets", "old", "KEY", .current, 1),
        ]

    @Test(
        arguments: [
            (false, nil, ["old key", "failed before", "kept of an older try", "other dataset"]),
            (
                true, nil,
                [
                    "old key", "failed", "failed before", "kept", "kept of an older try", "accepted and kept",
                    "other dataset", "kept in the other dataset",
                ]
            ),
            (false, 5, ["old key", "failed before", "quarantined", "kept", "kept of an older try", "other dataset"]),
        ] as [(Bool, Int?, [String])])
    func whatTheWarehouseKnowsIsNotPending(retries: Bool, accepted: Int?, pending: [String]) throws {
        let folder = try TemporaryDirectory()
        let finder = try Self.finder(folder, retries: retries)
        let record = try Self.record()
        let key = try #require(finder.key(of: record, dataset: "things"))
        let acceptances = accepted.map {
            [Acceptance(delivery: Self.delivery, acceptedAt: Self.time($0), acceptedBy: "Ana")]
        }
        let found = Self.known.filter { known in
            var row = DeliveryRow(
                dataset: known.dataset, delivery: Self.delivery, fileID: "f", deliveredAt: Self.time(1),
                key: known.key == "KEY" ? key : known.key,
                attemptedKey: known.attempted == "KEY" ? key : known.attempted,
                status: known.status)
            row.validFrom = known.from.map(Self.time)
            return !finder.find(in: [record], acceptances: acceptances ?? [], known: [row]).pending.isEmpty
        }
        #expect(found.map(\.name) == pending)
    }

    @Test func deletionsCompareByDeliveryAlone() throws {
        let folder = try TemporaryDirectory()
        let finder = try Self.finder(folder, retries: false)
        let record = try Self.record("deleted")
        let found = finder.find(in: [record], acceptances: [], known: [])
        #expect(found.pending.count == 1)
        #expect(found.pending.first?["process"] == nil)
        let row = DeliveryRow(
            dataset: "gadgets", delivery: Self.delivery, fileID: "f", deliveredAt: Self.time(1), status: .deleted)
        #expect(finder.find(in: [record], acceptances: [], known: [row]).pending.isEmpty)
    }

    @Test func theKeyIsTheDigestOfWhatTheRowsDependOn() throws {
        let folder = try TemporaryDirectory()
        let finder = try Self.finder(folder, retries: false)
        let contract = MessageDigest.hex(.sha256, of: LoadPlanTests.contract)
        let expected = MessageDigest.hex(.sha256, of: "\(Self.content)\n\(contract)\n\(formatNumber)")
        let line = try #require(finder.find(in: [try Self.record()], acceptances: [], known: []).pending.first)
        #expect(line["process"]?["key"]?.string == expected)
        #expect(line["dataset"]?.string == "things")
        // What this program does not know passes through as it was written.
        #expect(line["own"]?.text == "{\"kept\":1.50}")
    }
}
