internal import Bytes
internal import Contracts
internal import NDJSON

/// Writes one record as a clean row: the contract's columns in its order, `_extra`, and where the row came from.
struct RowWriter: ~Copyable {
    /// Where the fields' values are in the output. Empty for nulls, and for fields whose value nobody needs again.
    private(set) var ranges: [Range<Int>]
    /// Where the row's data ends in the output and its provenance begins.
    private(set) var dataEnd = 0

    private let plan: CleaningPlan
    private let isNoted: [Bool]
    private var extras = ExtraColumn()
    private let provenance = Provenance()

    init(_ plan: CleaningPlan) {
        self.plan = plan
        let masked = plan.fields.indices.filter { plan.fields[$0].mask != nil }
        let keys = (plan.dedupe?.keys ?? []) + (plan.dedupe?.orderBy ?? []) + plan.references.flatMap(\.fields)
        let noted = Set(keys + masked)
        isNoted = plan.fields.indices.map(noted.contains)
        ranges = Array(repeating: 0..<0, count: plan.fields.count)
    }

    /// Appends the row and its line feed. Where the workspace has failures afterwards, the row does not count.
    mutating func write(
        _ fields: [RecordView.Field], _ line: RawSpan, _ layout: borrowing RecordLayout, _ workspace: inout Workspace,
        to output: inout ByteBuffer
    ) {
        for number in plan.fields.indices {
            output.append(plan.prefixes[number])
            let start = output.count
            let isNull = writeField(number, fields, line, layout, &workspace, to: &output)
            if isNoted[number] { ranges[number] = isNull ? 0..<0 : start..<output.count }
        }
        for rival in layout.rivals { checkRival(rival.member, of: rival.field, fields, line, layout, &workspace) }
        if plan.dataset.hasExtraColumn {
            output.append(plan.extraPrefix)
            extras.write(fields, line, layout, &workspace, to: &output)
        } else {
            workspace.warnings.discardedValues += layout.unknown.count
        }
        dataEnd = output.count
        provenance.write(fields, line, layout, &workspace, to: &output)
        output.append(0x7D)
        output.append(0x0A)
    }

    /// Writes one field's value; says whether it is null.
    private func writeField(
        _ number: Int, _ fields: [RecordView.Field], _ line: RawSpan, _ layout: borrowing RecordLayout,
        _ workspace: inout Workspace, to output: inout ByteBuffer
    ) -> Bool {
        let cleaner = plan.fields[number]
        let member = layout.members[number]
        if member != RecordLayout.absent {
            let failuresBefore = workspace.failures.count
            let field = fields[member]
            let outcome = cleaner.clean(line.extracting(field.value), field.kind, &workspace, to: &output)
            if outcome == .written { return false }
            if outcome == .failed, settleFailure(cleaner, failuresBefore, &workspace) != .null { return false }
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
    private func settleFailure(
        _ cleaner: FieldCleaner, _ failuresBefore: Int, _ workspace: inout Workspace
    ) -> ValueOutcome {
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
    private func checkRival(
        _ member: Int, of number: Int, _ fields: [RecordView.Field], _ line: RawSpan,
        _ layout: borrowing RecordLayout, _ workspace: inout Workspace
    ) {
        let first = fields[layout.members[number]]
        let second = fields[member]
        if first.kind == second.kind, line.extracting(first.value).equals(line.extracting(second.value)) { return }
        workspace.failures.append(
            Failure(field: number, code: .headerConflict, message: "two columns mean this one and differ"))
    }
}
