import Bytes
import Contracts
import NDJSON
import TestSupport
import Testing

@testable import sf_copy

/// What is decided for one line, over what the warehouse knows of the file.
struct LoadPlanTests {
    static let contract = """
        apiVersion: v3.1.0
        kind: DataContract
        id: things
        name: Things
        version: 1.0.0
        status: active
        schema:
          - name: things
            physicalType: table
            logicalType: object
            customProperties:
              - {property: source, value: {files: ["**/things*.xlsx"]}}
              - {property: guard, value: {maxRejects: "20%", maxShrink: "80%"}}
            properties:
              - {name: id, logicalType: string, physicalType: VARCHAR, required: true}
        """

    /// A line of file f: `process` is the text of its process object, or nil for a deletion.
    private static func line(
        _ delivery: Int, _ process: String?, dataset: String = "things", accepted: Int? = nil
    ) throws -> DeliveryLine {
        let status = process == nil ? "deleted" : "new"
        let tail =
            (process.map { ",\"process\":\($0)" } ?? "")
            + (accepted.map { ",\"accepted_at\":\"\(time($0).text)\"" } ?? "")
        let text = """
            {"delivery":"\(id(delivery))","dataset":"\(dataset)","status":"\(status)","delivered_at":"\(time(delivery).text)",
            "file":{"root":"r","id":"f","name":"n","drive_path":"p","version":"v","sha256":"\(String(repeating: "a", count: 64))"},
            "raw":null\(tail)}
            """
        let document = try #require(try JSONValue(parsing: Array(text.utf8)).object)
        return try #require(try DeliveryLine(ManifestRecord(document)))
    }

    private static func rows(_ key: String, _ emitted: Int, rejected: Int = 0) -> String {
        """
        {"key":"\(key)","contract":{"id":"things","version":"1.0.0","sha256":"x"},"rows":{"read":\(emitted + rejected),
        "emitted":\(emitted),"rejected":\(rejected),"duplicates":0,"blank":0},"parts":[],"rejects":null}
        """
    }

    private static func failed(_ key: String) -> String {
        "{\"key\":\"\(key)\",\"failed\":{\"status\":65,\"reason\":\"torn\"}}"
    }

    private static func time(_ day: Int) -> UTCTime { UTCTime(clampingMilliseconds: day * 86_400_000) }
    private static func id(_ number: Int) -> String {
        number < 10 ? "000000000000000\(number)" : "00000000000000\(number)"
    }

    /// Plays lines one after the other and gives the last plan.
    private static func play(_ lines: [DeliveryLine]) throws -> LoadPlan {
        let guards = try Contract.parse(Array(contract.utf8), name: "things").dataset(named: nil).guards
        var history = FileHistory()
        var last: LoadPlan?
        for line in lines {
            let plan = LoadPlan(line, history: history, guards: guards, run: "r")
            if case .change(let change) = plan { history = change.history }
            last = plan
        }
        return try #require(last)
    }

    private static func describe(_ plan: LoadPlan) -> String {
        switch plan {
        case .nothing(let outcome): "nothing: \(outcome.status)"
        case .change(let change):
            "\(change.outcome.status), rows \(change.landing), key \(change.row.key ?? "-"), attempted "
                + "\(change.row.attemptedKey ?? "-"), from \(change.formerDataset ?? "-"): \(change.outcome.reason ?? "-")"
        }
    }

    struct Example: CustomTestStringConvertible {
        let name: String
        let lines: [DeliveryLine]
        let expected: String
        var testDescription: String { name }

        init(_ name: String, _ expected: String, _ lines: [DeliveryLine]) {
            self.name = name
            self.lines = lines
            self.expected = expected
        }
    }

    static func examples() throws -> [Example] {
        let good = try line(1, rows("k1", 100))
        let shrunken = try line(2, rows("k2", 10))
        let refused = try line(1, rows("k1", 70, rejected: 30))
        let shrinkage = "10 rows after 100 in the previous delivery, a shrinkage beyond maxShrink 80%"
        let refusals = "30 of 100 rows were refused, more than maxRejects 20% allows"
        return [
            Example("a new delivery", "current, rows replace, key k1, attempted -, from -: -", [good]),
            Example("the same again", "nothing: current", [good, good]),
            Example(
                "too many rejects", "quarantined, rows replace, key k1, attempted -, from -: \(refusals)", [refused]),
            Example("the same quarantined again", "nothing: quarantined", [refused, refused]),
            Example(
                "a shrunken delivery", "quarantined, rows replace, key k2, attempted -, from -: \(shrinkage)",
                [good, shrunken]),
            Example(
                "a shrunken delivery that is accepted already",
                "current, rows replace, key k2, attempted -, from -: accepted: \(shrinkage)",
                [good, try line(2, rows("k2", 10), accepted: 3)]),
            Example(
                "an acceptance of what is landed",
                "current, rows keep, key k2, attempted -, from -: accepted: \(shrinkage)",
                [good, shrunken, try line(2, rows("k2", 10), accepted: 3)]),
            Example(
                "an acceptance again", "nothing: current",
                [good, shrunken, try line(2, rows("k2", 10), accepted: 3), try line(2, rows("k2", 10), accepted: 3)]),
            Example(
                "a reprocessing", "current, rows replace, key k9, attempted -, from things: -",
                [good, try line(1, rows("k9", 90))]),
            Example(
                "a reprocessing of a superseded delivery",
                "superseded, rows replace, key k9, attempted -, from things: -",
                [good, try line(2, rows("k2", 100)), try line(1, rows("k9", 90))]),
            Example(
                "a reprocessing beyond a guard", "kept, rows keep, key k1, attempted k9, from -: \(refusals)",
                [good, try line(1, rows("k9", 70, rejected: 30))]),
            Example(
                "a reprocessing beyond a guard again", "nothing: kept",
                [good, try line(1, rows("k9", 70, rejected: 30)), try line(1, rows("k9", 70, rejected: 30))]),
            Example(
                "a reprocessing beyond a guard that is accepted then",
                "current, rows replace, key k9, attempted -, from things: accepted: \(refusals)",
                [
                    good, try line(1, rows("k9", 70, rejected: 30)),
                    try line(1, rows("k9", 70, rejected: 30), accepted: 3),
                ]),
            Example(
                "a quarantined delivery that turns good", "current, rows replace, key k9, attempted -, from things: -",
                [refused, try line(1, rows("k9", 95, rejected: 5))]),
            Example("a failure", "failed, rows remove, key k1, attempted -, from -: torn", [try line(1, failed("k1"))]),
            Example(
                "the same failure again", "nothing: failed", [try line(1, failed("k1")), try line(1, failed("k1"))]),
            Example(
                "a retry that succeeds with the same key", "current, rows replace, key k1, attempted -, from -: -",
                [try line(1, failed("k1")), good]),
            Example(
                "a reprocessing that fails", "kept, rows keep, key k1, attempted k9, from -: failed: torn",
                [good, try line(1, failed("k9"))]),
            Example(
                "a quarantined delivery that fails then", "failed, rows remove, key k9, attempted -, from things: torn",
                [refused, try line(1, failed("k9"))]),
            Example("a deletion", "deleted, rows remove, key -, attempted -, from -: -", [good, try line(2, nil)]),
            Example("a deletion again", "nothing: deleted", [good, try line(2, nil), try line(2, nil)]),
            Example(
                "a file that another contract takes over", "current, rows replace, key k9, attempted -, from things: -",
                [good, try line(1, rows("k9", 90), dataset: "gadgets")]),
            Example(
                "a restored file is compared with what it was",
                "quarantined, rows replace, key k3, attempted -, from -: \(shrinkage)",
                [good, try line(2, nil), try line(3, rows("k3", 10))]),
        ]
    }

    @Test(arguments: try examples())
    func decides(example: Example) throws {
        #expect(Self.describe(try Self.play(example.lines)) == example.expected)
    }

    @Test func anAcceptanceStartsWhenItWasGiven() throws {
        let lines = [
            try Self.line(1, Self.rows("k1", 100)), try Self.line(2, Self.rows("k2", 10)),
            try Self.line(2, Self.rows("k2", 10), accepted: 5),
        ]
        guard case .change(let change) = try Self.play(lines) else {
            Issue.record("nothing is to be done")
            return
        }
        #expect(change.row.validFrom == Self.time(5))
        #expect(change.row.validTo == nil)
        #expect(change.neighbours.map(\.delivery) == [Self.id(1)])
        #expect(change.neighbours.first?.validTo == Self.time(5))
    }

    /// Whatever happens to a file, in whatever order acceptances come: a new warehouse that is fed from the records and
    /// acceptances at once holds the same as the one that saw it happen.
    @Test(arguments: 0..<200)
    func aRebuildComesToTheSame(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let guards = try Contract.parse(Array(Self.contract.utf8), name: "things").dataset(named: nil).guards
        var history = FileHistory()
        var processes: [Int: String] = [:]
        var acceptances: [Int: Int] = [:]
        func load(_ line: DeliveryLine, into history: inout FileHistory) {
            let plan = LoadPlan(line, history: history, guards: guards, run: nil)
            if case .change(let change) = plan { history = change.history }
        }
        // Days 2, 4, 6...; a person accepts on the odd days between.
        let days = (1...Int.random(in: 2...7, using: &random)).map { $0 * 2 }
        for day in days {
            if day > 2, Int.random(in: 0..<6, using: &random) == 0 {
                load(try Self.line(day, nil), into: &history)
            } else {
                let emitted = [1, 12, 70, 100].randomElement(using: &random) ?? 1
                let process = Self.rows("k\(day)", emitted, rejected: Int.random(in: 0...emitted / 2, using: &random))
                processes[day] = process
                load(try Self.line(day, process), into: &history)
            }
            let quarantined = history.rows.filter { $0.status == .quarantined }
            if let row = quarantined.randomElement(using: &random), Bool.random(using: &random) {
                let accepted = row.deliveredAt.milliseconds / 86_400_000
                acceptances[accepted] = day + 1
                let plan = LoadPlan.acceptance(of: row, at: Self.time(day + 1), history: history)
                if case .change(let change) = plan { history = change.history }
            }
        }
        let lines = try days.map { try Self.line($0, processes[$0], accepted: acceptances[$0]) }
        var rebuilt = FileHistory()
        for line in DeliveryLoader.ordered(lines.shuffled(using: &random)) { load(line, into: &rebuilt) }
        #expect(rebuilt == history)
        #expect(history.rows.filter { $0.status == .current }.count <= 1)
    }
}
