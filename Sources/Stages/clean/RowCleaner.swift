internal import Bytes
internal import Contracts
internal import NDJSON

/// Cleans the lines of blocks, one after the other, into rows of canonical JSON.
///
///     {"order_id":" A1 ","Price":"1,50","Remarks":"x"}
///     {"order_id":"a1","price":1.50,"_extra":{"Remarks":"x"}}
///
/// Holds nothing that outlives a block but memory to be reused and the layout of the last record's keys.
struct RowCleaner: ~Copyable {
    private let plan: CleaningPlan
    private var layout: RecordLayout
    private var record = RecordView()
    private var workspace = Workspace()
    private var extras = ExtraColumn()
    private var provenance = Provenance()
    /// Where the values of the key's fields are in the output.
    private var keyRanges: [Range<Int>]
    private var keyHasNull = false
    /// For each field: its place in the key, or -1.
    private let keyPlaces: [Int]
    /// The same for the fields that decide which row of a key is the latest.
    private var orderRanges: [Range<Int>]
    private let orderPlaces: [Int]
    private let dedupesExactly: Bool
    private let lineLimit: Int

    /// Lines longer than `lineLimit` bytes are refused.
    init(_ plan: CleaningPlan, lineLimit: Int = LineReader.defaultLineLimit) {
        self.plan = plan
        self.lineLimit = lineLimit
        layout = RecordLayout(plan.dataset)
        let keys = plan.dedupe?.keys ?? []
        keyPlaces = plan.fields.indices.map { keys.firstIndex(of: $0) ?? -1 }
        keyRanges = Array(repeating: 0..<0, count: keys.count)
        let order = plan.dedupe?.orderBy ?? []
        orderPlaces = plan.fields.indices.map { order.firstIndex(of: $0) ?? -1 }
        orderRanges = Array(repeating: 0..<0, count: order.count)
        dedupesExactly = plan.dedupe?.isExact ?? false
    }

    /// Cleans all lines of `block` into `result`, which must be empty.
    mutating func clean(_ block: LineBlock, into result: CleanedBlock) {
        workspace.warnings = WarningCounts()
        let bytes = block.bytes
        if block.isTooLong {
            refuseLongLine(0..<bytes.byteCount, result)
            result.lineCount = 1
            return
        }
        var start = 0
        while start < bytes.byteCount {
            let end = bytes.firstIndex(of: 0x0A, from: start) ?? bytes.byteCount
            clean(bytes.extracting(start..<end), at: start, into: result)
            result.lineCount += 1
            start = end + 1
        }
        result.warnings = workspace.warnings
    }

    /// Only the beginning of the line is kept, however it came to be too long.
    private func refuseLongLine(_ range: Range<Int>, _ result: CleanedBlock) {
        let failure = Failure(field: Failure.wholeRow, code: .jsonTooLong, message: "the line is longer than the limit")
        let end = min(range.upperBound, range.lowerBound + BlockReader.excerptByteCount)
        result.refusals.append(
            .init(line: result.lineCount, range: range.lowerBound..<end, failures: [failure], jsonError: nil))
    }

    private mutating func clean(_ line: RawSpan, at start: Int, into result: CleanedBlock) {
        if line.byteCount > lineLimit { return refuseLongLine(start..<start + line.byteCount, result) }
        do throws(JSONError) {
            try record.parse(line)
        } catch {
            if Self.isBlank(line) {
                result.blankCount += 1
            } else {
                result.refusals.append(
                    .init(
                        line: result.lineCount, range: start..<start + line.byteCount, failures: [], jsonError: error))
            }
            return
        }
        let fields = record.fields
        if !record.keysAreUnchanged {
            layout.bind(fields, in: line)
            noteColumns(fields, line, result)
        }
        if layout.member(of: .sourceColumns) != RecordLayout.absent {
            result.sightings.append(.init(line: result.lineCount, range: start..<start + line.byteCount))
        }
        workspace.failures.removeAll(keepingCapacity: true)
        let rowStart = result.output.count
        writeRow(fields, line, to: &result.output)
        guard workspace.failures.isEmpty else {
            result.output.truncate(to: rowStart)
            result.refusals.append(
                .init(
                    line: result.lineCount, range: start..<start + line.byteCount, failures: workspace.failures,
                    jsonError: nil))
            return
        }
        result.rowCount += 1
        if plan.dedupe != nil {
            appendOrder(result.output, to: &result.orders)
            result.rows.append(
                .init(
                    end: result.output.count, line: result.lineCount, key: key(result.output, rowStart),
                    orderEnd: result.orders.count))
        }
    }

    private static func isBlank(_ line: RawSpan) -> Bool {
        for position in 0..<line.byteCount {
            let byte = line[position]
            if byte != 0x20, byte != 0x09, byte != 0x0D { return false }
        }
        return true
    }

    /// Notes what differs between the record's columns and the contract's: to be told once, or to end the run.
    private func noteColumns(_ fields: [RecordView.Field], _ line: RawSpan, _ result: CleanedBlock) {
        for member in layout.unknown {
            let name = RecordLayout.name(of: fields[member], in: line)
            if !result.unknownColumns.contains(where: { $0.name == name }) {
                result.unknownColumns.append((name, result.lineCount))
            }
        }
        guard plan.dataset.rows.missingColumns == .freeze, result.missingColumn == nil else { return }
        if let number = plan.fields.indices.first(where: { layout.members[$0] == RecordLayout.absent }) {
            result.missingColumn = (number, result.lineCount)
        }
    }

    private mutating func writeRow(
        _ fields: [RecordView.Field], _ line: RawSpan, to output: inout ByteBuffer
    ) {
        keyHasNull = false
        for number in plan.fields.indices {
            output.append(plan.prefixes[number])
            let start = output.count
            let isNull = writeField(number, fields, line, to: &output)
            if keyPlaces[number] >= 0 {
                keyRanges[keyPlaces[number]] = start..<output.count
                if isNull { keyHasNull = true }
            }
            if orderPlaces[number] >= 0 { orderRanges[orderPlaces[number]] = start..<output.count }
        }
        for rival in layout.rivals { checkRival(rival.field, rival.member, fields, line) }
        if plan.dataset.hasExtraColumn {
            output.append(plan.extraPrefix)
            extras.write(fields, line, layout, &workspace, to: &output)
        } else {
            workspace.warnings.discardedValues += layout.unknown.count
        }
        exactEnd = output.count
        provenance.write(fields, line, layout, &workspace, to: &output)
        output.append(0x7D)
        output.append(0x0A)
    }

    /// Where the row's data ends and its provenance begins.
    private var exactEnd = 0

    /// Writes one field's value; says whether it is null.
    @inline(__always)
    private mutating func writeField(
        _ number: Int, _ fields: [RecordView.Field], _ line: RawSpan, to output: inout ByteBuffer
    ) -> Bool {
        let cleaner = plan.fields[number]
        let member = layout.members[number]
        var outcome = ValueOutcome.null
        if member != RecordLayout.absent {
            let failuresBefore = workspace.failures.count
            let field = fields[member]
            outcome = cleaner.clean(line.extracting(field.value), field.kind, &workspace, to: &output)
            if outcome == .written { return false }
            if outcome == .failed {
                outcome = settleFailure(cleaner, failuresBefore, output.count)
                if outcome != .null { return false }
            }
        } else if plan.dataset.rows.missingColumns == .reject {
            workspace.failures.append(Failure(field: number, code: .columnMissing, message: "the column is absent"))
            return true
        }
        if let value = cleaner.defaultJSON {
            output.append(value)
            return false
        }
        output.append(Self.nullWord)
        if cleaner.isRequired {
            workspace.failures.append(
                Failure(field: number, code: .nullRequired, message: "is empty, and the column is required"))
        }
        return true
    }

    private static let nullWord = Array("null".utf8)

    /// What the contract makes of a value that failed.
    private mutating func settleFailure(_ cleaner: FieldCleaner, _ failuresBefore: Int, _ end: Int) -> ValueOutcome {
        switch cleaner.onFail {
        case .reject: return .failed
        case .null:
            workspace.failures.removeSubrange(failuresBefore...)
            workspace.warnings.nulledValues += 1
            return .null
        case .keep:
            // Only texts can be kept; an object in a column of texts is no text.
            let failed = workspace.failures[failuresBefore...]
            if failed.contains(where: { $0.code == .typeContainer || $0.code == .ruleCustom }) { return .failed }
            workspace.failures.removeSubrange(failuresBefore...)
            workspace.warnings.keptValues += 1
            return .written
        }
    }

    /// Two members of a record mean the same field: fine where they say the same.
    private mutating func checkRival(_ place: Int, _ member: Int, _ fields: [RecordView.Field], _ line: RawSpan) {
        let first = fields[layout.members[place]]
        let second = fields[member]
        if first.kind == second.kind, line.extracting(first.value).equals(line.extracting(second.value)) { return }
        workspace.failures.append(
            Failure(field: place, code: .headerConflict, message: "two columns mean this one and differ"))
    }

    private func appendOrder(_ output: borrowing ByteBuffer, to orders: inout ByteBuffer) {
        for (place, field) in (plan.dedupe?.orderBy ?? []).enumerated() {
            OrderKey.append(output.bytes(orderRanges[place]), plan.fields[field].type, to: &orders)
        }
    }

    private func key(_ output: borrowing ByteBuffer, _ rowStart: Int) -> RowKey? {
        var hasher = RowKeyHasher()
        if dedupesExactly {
            hasher.add(output.bytes(rowStart..<exactEnd))
            return hasher.finish()
        }
        if keyHasNull { return nil }
        for range in keyRanges { hasher.add(output.bytes(range)) }
        return hasher.finish()
    }
}
