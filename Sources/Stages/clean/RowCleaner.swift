internal import Bytes
internal import Contracts
internal import NDJSON

/// Cleans the lines of blocks, one after the other, into rows of canonical JSON.
///
///     {"order_id":" A1 ","Price":"1,50","Remarks":"x"}
///     {"order_id":"a1","price":1.50,"_extra":{"Remarks":"x"}}
///
/// Holds nothing that outlives a block but memory to be reused and the layout of the last record's keys. Each thread
/// has its own.
struct RowCleaner: ~Copyable {
    private let plan: CleaningPlan
    private let lineLimit: Int
    private var layout: RecordLayout
    private var record = RecordView()
    private var workspace = Workspace()
    private var writer: RowWriter
    private let identity: RowIdentity
    private let hasReferences: Bool
    private let judgesRows: Bool
    private let profiler: Profiler?
    private let usesQuickLines: Bool
    /// Where the present record's unknown columns are in the block's list, once they were looked up for the block.
    private var unknownPlaces: [Int] = []
    private var columnsAreNoted = false

    /// Lines longer than `lineLimit` bytes are refused. Without `usesQuickLines` every line is looked at closely, which
    /// gives the same; a profiler has to see all values, so it asks for that.
    init(
        _ plan: CleaningPlan, lineLimit: Int = LineReader.defaultLineLimit, profiler: Profiler? = nil,
        usesQuickLines: Bool = true
    ) {
        self.usesQuickLines = usesQuickLines && profiler == nil
        self.profiler = profiler
        self.plan = plan
        self.lineLimit = lineLimit
        layout = RecordLayout(plan.dataset)
        writer = RowWriter(plan, notesAll: profiler != nil)
        identity = RowIdentity(plan)
        hasReferences = !plan.references.isEmpty
        judgesRows = plan.quality.judgesRows
    }

    /// Cleans all lines of `block` into `result`, which must be empty.
    mutating func clean(_ block: LineBlock, into result: inout CleanedBlock) {
        workspace.warnings = WarningCounts()
        columnsAreNoted = false
        let bytes = block.bytes
        if block.isTooLong {
            refuseLongLine(0..<bytes.byteCount, &result)
            result.lineCount = 1
            return
        }
        var start = 0
        while start < bytes.byteCount {
            let end = bytes.firstIndex(of: 0x0A, from: start) ?? bytes.byteCount
            clean(bytes.extracting(start..<end), at: start, into: &result)
            result.lineCount += 1
            start = end + 1
        }
        result.warnings = workspace.warnings
    }

    private mutating func clean(_ line: RawSpan, at start: Int, into result: inout CleanedBlock) {
        let range = start..<start + line.byteCount
        if line.byteCount > lineLimit { return refuseLongLine(range, &result) }
        let rowStart = result.output.count
        if usesQuickLines, writer.isQuick, writer.writeQuickly(line, to: &result.output) {
            if !workspace.failures.isEmpty { workspace.failures.removeAll(keepingCapacity: true) }
            return concludeRow(rowStart, range, &result)
        }
        do throws(JSONError) {
            try record.parse(line)
        } catch {
            if Self.isBlank(line) {
                result.blankCount += 1
            } else {
                result.refusals.append(.init(line: result.lineCount, range: range, failures: [], jsonError: error))
            }
            return
        }
        let fields = record.fields
        if !record.keysAreUnchanged {
            layout.bind(fields, in: line)
            columnsAreNoted = false
        }
        if !columnsAreNoted { noteColumns(fields, line, &result) }
        for place in unknownPlaces { result.unknownColumns[place].count += 1 }
        if !record.layoutIsUnchanged { writer.bind(fields, line, layout) }
        if layout.member(of: .sourceColumns) != RecordLayout.absent {
            result.sightings.append(.init(line: result.lineCount, range: range))
        }
        if !workspace.failures.isEmpty { workspace.failures.removeAll(keepingCapacity: true) }
        writer.write(fields, line, layout, &workspace, to: &result.output)
        if let profiler { profiler.see(fields, line, layout, workspace.failures, result.output, writer.ranges) }
        concludeRow(rowStart, range, &result)
    }

    /// Keeps the row that was written, or refuses it.
    private mutating func concludeRow(_ rowStart: Int, _ range: Range<Int>, _ result: inout CleanedBlock) {
        if hasReferences, workspace.failures.isEmpty { checkReferences(&result) }
        guard workspace.failures.isEmpty else {
            result.output.truncate(to: rowStart)
            result.refusals.append(
                .init(line: result.lineCount, range: range, failures: workspace.failures, jsonError: nil))
            return
        }
        finishRow(rowStart, &result)
    }

    /// Looks at the row as it was written: its key, its order, what rules say of it, and then its masks, which hide
    /// what the others need.
    private mutating func finishRow(_ rowStart: Int, _ result: inout CleanedBlock) {
        result.rowCount += 1
        var key: RowKey?
        if identity.isNeeded {
            key = identity.key(result.output, writer.ranges, data: rowStart..<writer.dataEnd)
            identity.appendOrder(result.output, writer.ranges, to: &result.orders)
        }
        var violations: UInt64 = 0
        if judgesRows {
            violations = plan.quality.violations(result.output, writer.ranges)
            for fields in plan.quality.repeatedKeys {
                result.repeatedKeys.append(identity.key(of: fields, result.output, writer.ranges))
            }
        }
        if !plan.freshness.isEmpty { noteAges(&result) }
        if identity.hasMasks { identity.mask(&result.output, from: rowStart, writer.ranges, &workspace.next) }
        guard identity.isNeeded || judgesRows else { return }
        result.rows.append(
            .init(
                end: result.output.count, line: result.lineCount, key: key, orderEnd: result.orders.count,
                violations: violations))
    }

    private func noteAges(_ result: inout CleanedBlock) {
        if result.newest.isEmpty { result.newest = Array(repeating: nil, count: plan.freshness.count) }
        for (number, agreement) in plan.freshness.enumerated() where !writer.ranges[agreement.field].isEmpty {
            guard let time = Freshness.microseconds(result.output.bytes(writer.ranges[agreement.field])) else {
                continue
            }
            result.newest[number] = max(result.newest[number] ?? time, time)
        }
    }

    private mutating func checkReferences(_ result: inout CleanedBlock) {
        for (number, reference) in plan.references.enumerated() {
            guard let key = identity.key(of: reference.fields, result.output, writer.ranges), !reference.contains(key)
            else { continue }
            switch plan.referenceMisses {
            case .warn: result.referenceMisses[number, default: 0] += 1
            case .reject:
                workspace.failures.append(
                    Failure(
                        field: reference.fields.first ?? Failure.wholeRow, code: .foreignKeyMissing,
                        message: "is no key of the dataset that it refers to"))
            }
        }
    }

    /// Only the beginning of the line is kept, however it came to be too long.
    private func refuseLongLine(_ range: Range<Int>, _ result: inout CleanedBlock) {
        let failure = Failure(field: Failure.wholeRow, code: .jsonTooLong, message: "the line is longer than the limit")
        let end = min(range.upperBound, range.lowerBound + BlockReader.excerptByteCount)
        result.refusals.append(
            .init(line: result.lineCount, range: range.lowerBound..<end, failures: [failure], jsonError: nil))
    }

    private static func isBlank(_ line: RawSpan) -> Bool {
        for position in 0..<line.byteCount {
            let byte = line[position]
            if byte != 0x20, byte != 0x09, byte != 0x0D { return false }
        }
        return true
    }

    /// Notes what differs between the record's columns and the contract's: to be told once, or to end the run.
    private mutating func noteColumns(_ fields: [RecordView.Field], _ line: RawSpan, _ result: inout CleanedBlock) {
        unknownPlaces.removeAll(keepingCapacity: true)
        columnsAreNoted = true
        for member in layout.unknown {
            let name = RecordLayout.name(of: fields[member], in: line)
            if let place = result.unknownColumns.firstIndex(where: { $0.name == name }) {
                unknownPlaces.append(place)
            } else {
                unknownPlaces.append(result.unknownColumns.count)
                result.unknownColumns.append(.init(name: name, line: result.lineCount, count: 0))
            }
        }
        guard plan.dataset.rows.missingColumns == .freeze, result.missingColumn == nil else { return }
        if let number = plan.fields.indices.first(where: { layout.members[$0] == RecordLayout.absent }) {
            result.missingColumn = (number, result.lineCount)
        }
    }
}
