internal import Bytes
internal import Contracts
internal import Digests
internal import NDJSON
internal import StageKit
internal import Text

/// One run over one input: reads blocks, cleans them, and publishes what came out.
struct CleanRun {
    let contract: Contract
    let dataset: Dataset
    let options: CleanOptions
    let log: Log
    let report: RunReport

    func perform() throws(StageFailure) {
        let references = try readReferences()
        let freshness = options.now == nil ? [] : Freshness.agreements(contract, dataset)
        let plan = try Self.makePlan(dataset, references, freshness, options)
        let digest = options.isReported ? InputDigest() : nil
        let source = try openInput(digest)
        let rejects = Rejects(
            dataset, contractVersion: contract.version, delivery: options.delivery,
            veil: options.showsHiddenValues ? nil : Veil(plan))
        let crew = BlockCrew(
            BlockReader(WithoutByteOrderMark(source), lineLimit: options.lineLimit),
            RowSequence(plan, rejects, memoryLimit: options.memoryLimit, log), try CleanOutputs.open(options),
            blockByteCount: options.blockByteCount)
        describeContract()
        do throws(StageFailure) {
            if options.isProfiled {
                let profiler = Profiler(plan, Veil(plan))
                try crew.runAlone(RowCleaner(plan, lineLimit: options.lineLimit, profiler: profiler))
                report.detail("columns", profiler.report)
            } else {
                let (dataset, options) = (dataset, options)
                try crew.run(threads: options.threadCount) { () throws(StageFailure) in
                    RowCleaner(
                        try Self.makePlan(dataset, references, freshness, options), lineLimit: options.lineLimit)
                }
            }
            try crew.finish()
        } catch {
            crew.sequence.counts.add(to: report)
            throw error
        }
        if let digest {
            report.addInput(StoredFile(path: source.path, byteCount: digest.byteCount, sha256: digest.finish()))
        }
        describeAges(freshness, crew.sequence.newest)
        describeReferences(references, crew.sequence.referenceMisses)
        try conclude(crew)
    }

    private func readReferences() throws(StageFailure) -> [ReferenceTable] {
        var references: [ReferenceTable] = []
        for argument in options.references { references.append(try ReferenceTable(argument, dataset)) }
        return references
    }

    private static func makePlan(
        _ dataset: Dataset, _ references: [ReferenceTable], _ freshness: [Freshness], _ options: CleanOptions
    ) throws(StageFailure) -> CleaningPlan {
        try CleaningPlan(
            dataset, references: references, referenceMisses: options.referenceMisses, freshness: freshness)
    }

    private func openInput(_ digest: InputDigest?) throws(StageFailure) -> any ByteSource {
        do throws(IOError) {
            let source = try DataInput.open(options.input, digest: digest)
            return options.readsRejects ? RejectedRows(source, lineLimit: options.lineLimit * 8) : source
        } catch {
            throw .input(error)
        }
    }

    /// Decides whether the rows may be published, and says what happened.
    private func conclude(_ crew: BlockCrew) throws(StageFailure) {
        let counts = crew.sequence.counts
        counts.add(to: report)
        for (code, count) in crew.sequence.warnings.named { report.warn(code, times: count) }
        report.detail(
            "unknown_columns",
            .array(
                crew.sequence.unknownColumns.map {
                    .object(["name": .string($0.name), "line": .integer($0.line), "rows": .integer($0.count)])
                }))
        guard counts.isConsistent else {
            throw StageFailure(
                status: ExitStatus.ourBug, "the counts do not add up: \(counts.read) lines read, but \(counts)")
        }
        let refusal = judge(crew.sequence.qualityVerdicts) ?? refusal(counts)
        try crew.publish(withholdingRows: refusal != nil, report)
        if let refusal { throw .badData(refusal) }
        if counts.rejected > 0 {
            log.warning("\(counts.rejected) of \(counts.read) rows were refused: \(counts.reasonList)")
        }
    }

    /// Tells what the quality rules say. Gives the reason to withhold the rows, or nil.
    private func judge(_ verdicts: [QualityVerdicts.Verdict]) -> String? {
        if !verdicts.isEmpty { report.detail("quality", .array(verdicts.map(\.report))) }
        var breach: String?
        for verdict in verdicts where verdict.outcome == .failed {
            report.warn("quality.\(verdict.rule)")
            if verdict.severity == .error, options.qualityPolicy == .fail {
                breach = breach ?? verdict.message
            } else if verdict.severity != .info {
                log.warning(verdict.message, code: "quality.\(verdict.rule)")
            }
        }
        return breach
    }

    /// Why the rows are not good enough to be published, or nil.
    private func refusal(_ counts: CleanCounts) -> String? {
        let told = "\(counts.rejected) of \(counts.read) rows were refused (\(counts.reasonList))"
        if options.rejects == nil { return counts.rejected > 0 ? "\(told); --rejects FILE keeps them" : nil }
        guard let limit = options.limit, limit.isExceeded(rejected: counts.rejected, read: counts.read) else {
            return nil
        }
        return "\(told), more than the limit of \(limit.description)"
    }

    /// Says which foreign keys were looked up and which were not: "not checked" must never look like "fine".
    private func describeReferences(_ references: [ReferenceTable], _ misses: [Int: Int]) {
        var described: [JSONValue] = []
        for (number, reference) in references.enumerated() {
            let count = misses[number] ?? 0
            described.append(
                .object(["to": .string(reference.name), "checked": .bool(true), "misses": .integer(count)]))
            guard count > 0 else { continue }
            report.warn(RejectCode.foreignKeyMissing.rawValue, times: count)
            log.warning(
                "\(count) rows refer to a missing key of \(reference.name)", code: RejectCode.foreignKeyMissing.rawValue
            )
        }
        for reference in dataset.references where !references.contains(where: { $0.fields == reference.fields }) {
            let name = reference.columns.map { "\(reference.dataset).\($0)" }.joined(separator: ",")
            described.append(.object(["to": .string(name), "checked": .bool(false)]))
        }
        if !described.isEmpty { report.detail("references", .array(described)) }
    }

    private func describeAges(_ agreements: [Freshness], _ newest: [Int64?]) {
        guard let now = options.now, !agreements.isEmpty else { return }
        let verdicts = agreements.enumerated().map { number, agreement in
            agreement.verdict(newest: number < newest.count ? newest[number] : nil, now: now)
        }
        report.detail("freshness", .array(verdicts.map(\.report)))
        for warning in verdicts.compactMap(\.warning) {
            report.warn("freshness")
            log.warning(warning, code: "freshness")
        }
    }

    private func describeContract() {
        report.detail(
            "contract",
            .object([
                "id": .string(contract.id), "version": .string(contract.version), "dataset": .string(dataset.name),
                "sha256": .string(MessageDigest.hex(.sha256, of: contract.bytes)),
            ]))
        report.detail("unicode", .string(Normalization.unicodeVersion))
        var keys = JSONObject()
        for field in dataset.fields { keys[field.name] = field.cleaning.mask?.keyReference.map { .string($0) } }
        // Under another name a key is another version of it: who joins masked columns can see that they fit.
        if !keys.members.isEmpty { report.detail("mask_keys", .object(keys)) }
        if options.showsHiddenValues { report.detail("rejects_raw", .bool(true)) }
    }
}

/// Takes a byte order mark off the front of a source: RFC 8259 lets readers ignore one.
final class WithoutByteOrderMark: ByteSource {
    private let source: any ByteSource
    private var isAtStart = true
    var path: String { source.path }

    init(_ source: any ByteSource) { self.source = source }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(IOError) -> Int {
        guard isAtStart else { return try source.read(into: buffer) }
        isAtStart = false
        var count = 0
        // The mark may come in pieces.
        while count < min(3, buffer.count) {
            let more = try source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
            if more == 0 { break }
            count += more
        }
        guard count >= 3, buffer[0] == 0xEF, buffer[1] == 0xBB, buffer[2] == 0xBF else { return count }
        let rest = UnsafeRawBufferPointer(rebasing: buffer[3..<count])
        if rest.isEmpty { return try source.read(into: buffer) }
        buffer.copyMemory(from: rest)
        return rest.count
    }
}
