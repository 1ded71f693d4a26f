import Bytes
import Contracts
import NDJSON
import StageKit
import TestSupport
import Testing

@testable import clean

@Suite struct DedupeTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private struct Row: Equatable {
        let key: Int?
        let rank: Int?
        let name: String?
    }

    private func line(_ row: Row, _ number: Int) -> String {
        let name = row.name.map { "\"\($0)\"" } ?? "null"
        return
            "{\"k\":\(row.key.map(String.init) ?? "null"),\"r\":\(row.rank.map(String.init) ?? "null"),\"s\":\(name),\"n\":\(number)}"
    }

    /// Numbers of the rows that a run keeps, and of those it refuses.
    private func run(
        _ rows: [Row], _ dedupe: String, memory: Int, output: String = "out.ndjson"
    ) throws -> (kept: [Int], refusedLines: [Int]) {
        let properties =
            ["k", "r", "n"].map { TestContract.property($0, "BIGINT") } + [TestContract.property("s", "VARCHAR")]
        let dataset = try TestContract.dataset(
            schema: "unknownColumns: discard, dedupe: {\(dedupe)}", properties: properties.joined(separator: "\n"))
        let contract = try Contract.load(path: try contractFile())
        let report = RunReport(program: "clean", arguments: [])
        let lines = rows.enumerated().map { line($1, $0) + "\n" }.joined()
        let options = CleanOptions(
            input: try folder.write("in.ndjson", text: lines), output: folder.file(output),
            rejects: folder.file("r.ndjson"), lineLimit: 1 << 16, memoryLimit: memory, isReported: true)
        try CleanRun(
            contract: contract, dataset: dataset, options: options, log: Log(program: "clean", threshold: .error),
            report: report
        ).perform()
        let kept = try lineValues(output, "n")
        let refused = try lineValues("r.ndjson", "line")
        #expect(report.counts["read"]?.integer == rows.count)
        #expect(report.counts["emitted"]?.integer == kept.count)
        #expect(report.counts["rejected"]?.integer == refused.count)
        #expect(report.counts["duplicates"]?.integer == rows.count - kept.count - refused.count)
        return (kept, refused)
    }

    private func contractFile() throws -> String {
        try folder.write(
            "t.odcs.yaml",
            text: """
                apiVersion: v3.1.0
                kind: DataContract
                id: t
                version: 1.0.0
                status: active
                schema:
                  - {name: t, physicalType: table, logicalType: object, properties: [{name: k, logicalType: integer, physicalType: BIGINT}]}
                """)
    }

    private func lineValues(_ name: String, _ key: String) throws -> [Int] {
        let bytes = try FileSystem.contents(of: DataInput.open(folder.file(name)))
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
            line.split(separator: "\"\(key)\":").dropFirst().first.flatMap { Int($0.prefix { $0.isNumber }) }
        }
    }

    /// What must be kept, found in the plainest way.
    private func model(_ rows: [Row], _ rule: CandidateStore.Rule) -> (kept: [Int], refused: [Int]) {
        var kept: Set<Int> = []
        var refused: Set<Int> = []
        var groups: [Int: [Int]] = [:]
        for (number, row) in rows.enumerated() {
            if let key = row.key { groups[key, default: []].append(number) } else { kept.insert(number) }
        }
        func precedes(_ left: Int, _ right: Int) -> Bool {
            let (left, right) = (rows[left], rows[right])
            if left.rank != right.rank { return (left.rank ?? .min) < (right.rank ?? .min) }
            return (left.name == nil ? [] : [1] + Array(left.name!.utf8)).lexicographicallyPrecedes(
                right.name == nil ? [] : [1] + Array(right.name!.utf8))
        }
        for members in groups.values {
            var greatest: [Int] = []
            for member in members {
                if let best = greatest.first, precedes(member, best) { continue }
                if let best = greatest.first, precedes(best, member) { greatest = [] }
                greatest.append(member)
            }
            switch rule {
            case .first: kept.insert(members[0])
            case .last: kept.insert(members[members.count - 1])
            case .greatestFirst: kept.insert(greatest[0])
            case .greatestLast: kept.insert(greatest[greatest.count - 1])
            case .greatestOnly: if greatest.count == 1 { kept.insert(greatest[0]) } else { refused.formUnion(greatest) }
            }
        }
        return (kept.sorted(), refused.sorted().map { $0 + 1 })
    }

    private static let rules: [(String, CandidateStore.Rule)] = [
        ("keys: [k], keep: first", .first), ("keys: [k], keep: last", .last),
        ("keys: [k], keep: latest, orderBy: [r, s], ties: firstSeen", .greatestFirst),
        ("keys: [k], keep: latest, orderBy: [r, s], ties: lastSeen", .greatestLast),
        ("keys: [k], keep: latest, orderBy: [r, s], ties: reject", .greatestOnly),
    ]

    @Test(arguments: rules, [(600, 64 << 20), (8000, 64 << 10)])
    func `the kept rows are those of the plainest model, spilled or not`(
        rule: (String, CandidateStore.Rule), size: (count: Int, memory: Int)
    ) throws {
        var random = SeededRandom(seed: UInt64(size.count + size.memory))
        let rows = (0..<size.count).map { _ in
            Row(
                key: Int.random(in: 0..<20, using: &random) == 0
                    ? nil : Int.random(in: 0..<size.count / 2, using: &random),
                rank: Int.random(in: 0..<8, using: &random) == 0 ? nil : Int.random(in: -3...3, using: &random),
                name: Bool.random(using: &random) ? nil : ["A", "a", "ab", "b"].randomElement(using: &random))
        }
        let expected = model(rows, rule.1)
        for output in ["out.ndjson", "out.ndjson.gz"] {
            let result = try run(rows, rule.0, memory: size.memory, output: output)
            #expect(result.kept == expected.kept)
            #expect(result.refusedLines.sorted() == expected.refused)
        }
    }

    @Test(arguments: rules)
    func `one key a thousand times leaves one row`(rule: (String, CandidateStore.Rule)) throws {
        let rows = (0..<1000).map { Row(key: 7, rank: $0 == 500 ? 1 : 0, name: nil) }
        let kept = try run(rows, rule.0, memory: 64 << 10).kept
        #expect(kept == [rule.1 == .first ? 0 : rule.1 == .last ? 999 : 500])
    }

    @Test func `more keys than the memory holds are partitioned again and again`() throws {
        var random = SeededRandom(seed: 3)
        let store = CandidateStore(.last, memoryLimit: 2000)
        let nothing = ByteBuffer()
        var last: [UInt64: UInt64] = [:]
        for row in 0..<UInt64(60_000) {
            let key = random.next() % 40_000
            last[key] = row
            var hasher = RowKeyHasher()
            hasher.add(Array(String(key).utf8).span.bytes)
            try store.add(hasher.finish(), row: row, order: nothing.bytes)
        }
        #expect(store.hasSpilled)
        var losers = LoserSet()
        try store.resolve(&losers)
        #expect(losers.count == 60_000 - last.count)
        let winners = Set(last.values)
        #expect((0..<UInt64(60_000)).allSatisfy { losers.contains($0) != winners.contains($0) })
    }

    @Test func `nothing lost, nothing moved`() throws {
        let rows = (0..<100).map { Row(key: $0, rank: nil, name: nil) }
        #expect(try run(rows, "keys: [k], keep: last", memory: 1 << 20).kept == Array(0..<100))
        #expect(try run([], "keys: [k], keep: last", memory: 1 << 20).kept.isEmpty)
    }

    @Test func `exact comparison looks at the whole row but not at where it came from`() throws {
        let dataset = try TestContract.dataset(
            schema: "dedupe: {exact: true}", properties: TestContract.property("v", "DECIMAL(5,2)"))
        let lines = [
            "{\"v\":1,\"x\":1,\"_source_row\":2}", "{\"v\":\"1.00\",\"x\":1,\"_source_row\":3}",
            "{\"v\":1,\"x\":2,\"_source_row\":4}",
            "{\"v\":null,\"_source_row\":5}", "{\"v\":null,\"_source_row\":6}",
        ]
        var keys = Set<RowKey>()
        var reader = BlockReader(MemorySource(Array(lines.joined(separator: "\n").utf8)))
        var cleaner = RowCleaner(try CleaningPlan(dataset))
        let block = LineBlock()
        var cleaned = CleanedBlock()
        while try reader.next(block) { cleaner.clean(block, into: &cleaned) }
        for row in cleaned.rows { keys.insert(try #require(row.key)) }
        #expect(cleaned.rows.count == 5)
        #expect(keys.count == 3)
    }
}

@Suite struct OrderKeyTests {
    private func bytes(_ json: String, _ type: LogicalType) -> [UInt8] {
        var output = ByteBuffer()
        OrderKey.append(Array(json.utf8).span.bytes, type, to: &output)
        return output.bytes.array
    }

    @Test(arguments: [
        (LogicalType.integer(.i64), ["null", "-9223372036854775808", "-1", "0", "1", "9223372036854775807"]),
        (
            .decimal(precision: 38, scale: 2),
            ["null", "-12345678901234567890.00", "-0.01", "0.00", "0.01", "1.00", "99999999999999999999999.00"]
        ),
        (.double, ["null", "-1e+300", "-1", "-1e-300", "0", "1e-300", "0.5", "1e+300"]),
        (.boolean, ["null", "false", "true"]),
        (.date, ["null", "\"0001-01-01\"", "\"1969-12-31\"", "\"1970-01-01\"", "\"9999-12-31\""]),
        (.time, ["\"00:00:00\"", "\"00:00:00.000001\"", "\"23:59:59\""]),
        (
            .timestamp(isInstant: true),
            ["null", "\"1969-12-31T23:59:59Z\"", "\"1970-01-01T00:00:00Z\"", "\"1970-01-01T00:00:00.5Z\""]
        ),
        (.string(maximumLength: nil), ["null", "\"\"", "\"\\n\"", "\"a\"", "\"a\\\"\"", "\"ab\"", "\"b\"", "\"é\""]),
    ])
    func `bytes sort as values do`(type: LogicalType, ordered: [String]) {
        let keys = ordered.map { bytes($0, type) }
        for (left, right) in zip(keys, keys.dropFirst()) { #expect(left.lexicographicallyPrecedes(right)) }
    }
}
