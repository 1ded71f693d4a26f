internal import Bytes
internal import Contracts
internal import NDJSON

/// Writes one record as a clean row: the contract's columns in its order, `_extra`, and where the row came from.
///
///     line:   {"order_id":"a1","price":19.9,"freight":5.00}
///     row:    {"order_id":"a1","price":19.90,"freight":5.00,"_extra":null}
///              copied as one run^^^^^    ^^^^and another^^^
///
/// Where values are clean as they stand and the line spells what is between them as the row does, whole stretches of
/// the line are copied at once.
struct RowWriter: ~Copyable {
    /// Where the fields' values are in the output. Empty for nulls, and for fields whose value nobody needs again.
    private(set) var ranges: [Range<Int>]
    /// Where the row's data ends in the output and its provenance begins.
    private(set) var dataEnd = 0

    private let plan: CleaningPlan
    /// Plain memory of its own: an array would be retained and released for every row.
    private let columns: UnsafeMutableBufferPointer<OutputColumn>
    private var quickLine = QuickLine()
    private var extras = ExtraColumn()
    private let provenance = Provenance()
    /// What stands before the columns' values, one after the other.
    private let prefixes: ByteBuffer
    private let hasExtraColumn: Bool
    /// The column of unknown columns where there are none.
    private let emptyExtra: ByteBuffer

    /// With `notesAll` the places of all values are noted.
    init(_ plan: CleaningPlan, notesAll: Bool = false) {
        self.plan = plan
        let masked = plan.fields.indices.filter { plan.fields[$0].mask != nil }
        let keys =
            (plan.dedupe?.keys ?? []) + (plan.dedupe?.orderBy ?? []) + plan.references.flatMap(\.fields)
            + plan.quality.fields
            + plan.freshness.map(\.field)
        let noted = Set(keys + masked)
        ranges = Array(repeating: 0..<0, count: plan.fields.count)
        var prefixes = ByteBuffer()
        columns = .allocate(capacity: plan.fields.count)
        for (number, prefix) in plan.prefixes.enumerated() {
            let start = prefixes.count
            prefixes.append(prefix)
            let field = plan.dataset.fields[number]
            let mayBeNull = !field.isRequired && field.cleaning.defaultValue == nil
            columns.initializeElement(
                at: number,
                to: OutputColumn(
                    prefix: start..<prefixes.count, isNoted: notesAll || noted.contains(number),
                    isNullWhenAbsent: mayBeNull && plan.dataset.rows.missingColumns == .null,
                    quick: QuickCheck(field, mayBeNull: mayBeNull)))
        }
        self.prefixes = prefixes
        hasExtraColumn = plan.dataset.hasExtraColumn
        var emptyExtra = ByteBuffer()
        emptyExtra.append(plan.extraPrefix)
        emptyExtra.append(Self.nullWord)
        self.emptyExtra = emptyExtra
    }

    deinit { columns.deallocate() }

    /// Has to be called when the keys of the records, or what stands between their values, have changed.
    mutating func bind(_ fields: [RecordView.Field], _ line: RawSpan, _ layout: borrowing RecordLayout) {
        var previous = -1
        for number in columns.indices {
            let member = layout.members[number]
            columns[number].member = member
            columns[number].followsInLine = false
            if member != RecordLayout.absent, member == previous + 1 {
                let start = member == 0 ? 0 : fields[member - 1].fullValue.upperBound
                let gap = line.extracting(start..<fields[member].fullValue.lowerBound)
                columns[number].followsInLine = Self.areEqual(gap, prefixes, columns[number].prefix)
            }
            previous = member == RecordLayout.absent ? -2 : member
        }
        bindQuickLine(fields, line, layout)
    }

    /// Lines can be written quickly where the record has the contract's columns in its order, and behind them only where
    /// it came from.
    private mutating func bindQuickLine(
        _ fields: [RecordView.Field], _ line: RawSpan, _ layout: borrowing RecordLayout
    ) {
        quickLine.forget()
        guard layout.unknown.isEmpty, layout.rivals.isEmpty else { return }
        var next = 0
        for number in columns.indices {
            guard columns[number].member != RecordLayout.absent else {
                if !columns[number].isNullWhenAbsent { return }
                continue
            }
            guard columns[number].member == next else { return }
            columns[number].gap = quickLine.addGap(before: next, fields, line)
            next += 1
        }
        quickLine.bindTail(from: next, fields, line, layout, hasExtraColumn: hasExtraColumn)
    }

    private static func areEqual(_ gap: RawSpan, _ prefixes: borrowing ByteBuffer, _ range: Range<Int>) -> Bool {
        gap.equals(prefixes.bytes(range))
    }

    /// Whether lines of the present layout may be clean as they stand.
    var isQuick: Bool { quickLine.isPossible }

    /// Appends the row of a line with the present layout, if all of it is clean as it stands or nearly. False, with nothing
    /// appended, for any other line: that has to be read and written the general way.
    mutating func writeQuickly(_ line: RawSpan, to output: inout ByteBuffer) -> Bool {
        let start = output.count
        guard let end = writeQuickColumns(line, to: &output) else {
            output.truncate(to: start)
            return false
        }
        if hasExtraColumn { output.append(emptyExtra.bytes) }
        dataEnd = output.count
        guard quickLine.writeTail(line, from: end, to: &output) else {
            output.truncate(to: start)
            return false
        }
        output.appendWord(Self.rowEnd)
        return true
    }

    /// Writes the contract's columns and says where the last one ends in the line.
    private mutating func writeQuickColumns(_ line: RawSpan, to output: inout ByteBuffer) -> Int? {
        var position = 0
        var runStart = 0
        var runEnd = 0
        for number in columns.indices {
            guard columns[number].member != RecordLayout.absent else {
                if runEnd > runStart { output.append(line.extracting(runStart..<runEnd)) }
                runEnd = -1
                output.append(prefixes.bytes(columns[number].prefix))
                output.append(Self.nullWord)
                if columns[number].isNoted { ranges[number] = 0..<0 }
                continue
            }
            guard quickLine.hasGap(columns[number].gap, line, at: position) else { return nil }
            position += columns[number].gap.count
            let scan = columns[number].quick.scan(line, from: position)
            if scan.end < 0 { return nil }
            if !columns[number].followsInLine || runEnd < 0 {
                if runEnd > runStart { output.append(line.extracting(runStart..<runEnd)) }
                output.append(prefixes.bytes(columns[number].prefix))
                runStart = position
            }
            runEnd = scan.end
            let start = output.count + position - runStart
            if scan.missingZeros > 0 {
                output.append(line.extracting(runStart..<runEnd))
                runStart = runEnd
                if scan.lacksPoint { output.append(0x2E) }
                for _ in 0..<scan.missingZeros { output.append(0x30) }
            }
            if columns[number].isNoted {
                ranges[number] = scan.isNull ? 0..<0 : start..<output.count + runEnd - runStart
            }
            position = scan.end
        }
        if runEnd > runStart { output.append(line.extracting(runStart..<runEnd)) }
        return position
    }

    /// Appends the row and its line feed. Where the workspace has failures afterwards, the row does not count.
    mutating func write(
        _ fields: [RecordView.Field], _ line: RawSpan, _ layout: borrowing RecordLayout, _ workspace: inout Workspace,
        to output: inout ByteBuffer
    ) {
        writeColumns(fields, line, layout, &workspace, to: &output)
        if !layout.rivals.isEmpty {
            for rival in layout.rivals { checkRival(rival.member, of: rival.field, fields, line, layout, &workspace) }
        }
        if hasExtraColumn {
            if layout.unknown.isEmpty, layout.member(of: .extra) == RecordLayout.absent {
                output.append(emptyExtra.bytes)
            } else {
                output.append(plan.extraPrefix)
                extras.write(fields, line, layout, &workspace, to: &output)
            }
        } else {
            workspace.warnings.discardedValues += layout.unknown.count
        }
        dataEnd = output.count
        provenance.write(fields, line, layout, &workspace, to: &output)
        output.appendWord(Self.rowEnd)
    }

    private mutating func writeColumns(
        _ fields: [RecordView.Field], _ line: RawSpan, _ layout: borrowing RecordLayout, _ workspace: inout Workspace,
        to output: inout ByteBuffer
    ) {
        // The stretch of the line that is still to be copied; without one, -1.
        var runStart = 0
        var runEnd = 0
        for number in columns.indices {
            let member = columns[number].member
            var answer = QuickCheck.Answer.lookCloser
            if member != RecordLayout.absent {
                answer = columns[number].quick.look(at: line.extracting(fields[member].value), fields[member].kind)
            }
            if case .lookCloser = answer {
                if runEnd > runStart { output.append(line.extracting(runStart..<runEnd)) }
                runEnd = -1
                output.append(prefixes.bytes(columns[number].prefix))
                let start = output.count
                let isNull = writeField(number, fields, line, layout, &workspace, to: &output)
                if columns[number].isNoted { ranges[number] = isNull ? 0..<0 : start..<output.count }
                continue
            }
            let inset = fields[member].kind.isString ? 1 : 0
            let value = fields[member].value.lowerBound - inset..<fields[member].value.upperBound + inset
            if !columns[number].followsInLine || runEnd < 0 {
                if runEnd > runStart { output.append(line.extracting(runStart..<runEnd)) }
                output.append(prefixes.bytes(columns[number].prefix))
                runStart = value.lowerBound
            }
            runEnd = value.upperBound
            let start = output.count + value.lowerBound - runStart
            if case .lacksZeros(let count, let point) = answer {
                output.append(line.extracting(runStart..<runEnd))
                runStart = runEnd
                if point { output.append(0x2E) }
                for _ in 0..<count { output.append(0x30) }
            }
            guard columns[number].isNoted else { continue }
            if case .null = fields[member].kind {
                ranges[number] = 0..<0
            } else {
                ranges[number] = start..<output.count + runEnd - runStart
            }
        }
        if runEnd > runStart { output.append(line.extracting(runStart..<runEnd)) }
    }

    /// Writes one field's value after looking at it closely; says whether it is null.
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

    /// `}` and the line feed, as they lie in memory.
    private static var rowEnd: UInt16 { 0x0A7D }
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

/// One of the contract's columns, as the writer needs it row by row.
private struct OutputColumn {
    /// Where what stands before its value is among the prefixes.
    let prefix: Range<Int>
    /// Its place in the output is needed after the row was written.
    let isNoted: Bool
    /// It is null, and fine so, where records do not have it.
    let isNullWhenAbsent: Bool
    let quick: QuickCheck
    /// The member of the present records, or `RecordLayout.absent`.
    var member = RecordLayout.absent
    /// Its value stands in the line right behind that of the column before, with the same text between them as in the
    /// row.
    var followsInLine = false
    /// What stands before its value in the line, among the quick line's gaps.
    var gap = 0..<0
}
