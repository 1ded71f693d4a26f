internal import Bytes
internal import NDJSON

/// Writes the `_extra` column: a JSON object of the columns that the contract does not know, so that a column somebody
/// added to a workbook is neither lost nor in the way. Nulls are left out; with nothing in it the column is null.
///
/// Rows that were cleaned before carry an `_extra` already; its members come first and stay as they are.
struct ExtraColumn: ~Copyable {
    private var isEmpty = true

    mutating func write(
        _ fields: [RecordView.Field], _ line: RawSpan, _ layout: RecordLayout, _ workspace: inout Workspace,
        to output: inout ByteBuffer
    ) {
        isEmpty = true
        let start = output.count
        output.append(0x7B)
        let member = layout.member(of: .extra)
        if member != RecordLayout.absent { writeEarlier(fields[member], line, layout, fields, &workspace, to: &output) }
        for member in layout.unknown where fields[member].kind != .null {
            let field = fields[member]
            writeKey(line.extracting(field.key), hasEscapes: field.keyHasEscapes, to: &output)
            JSONText.appendCompact(line.extracting(field.value), kind: field.kind, to: &output)
        }
        if isEmpty {
            output.truncate(to: start)
            output.append(Self.nullWord)
        } else {
            output.append(0x7D)
        }
    }

    private static let nullWord = Array("null".utf8)

    private mutating func writeKey(_ key: RawSpan, hasEscapes: Bool, to output: inout ByteBuffer) {
        if !isEmpty { output.append(0x2C) }
        isEmpty = false
        JSONText.appendCompact(key, kind: hasEscapes ? .escapedString : .string, to: &output)
        output.append(0x3A)
    }

    /// The members of an `_extra` that came in. Anything but an object or null there is no work of ours.
    private mutating func writeEarlier(
        _ field: RecordView.Field, _ line: RawSpan, _ layout: RecordLayout, _ fields: [RecordView.Field],
        _ workspace: inout Workspace, to output: inout ByteBuffer
    ) {
        if field.kind == .null { return }
        guard field.kind == .object,
            case .object(let object)? = line.extracting(field.value).withUnsafeBytes({ try? JSONValue(parsing: $0) })
        else {
            workspace.failures.append(
                Failure(field: Provenance.extraField, code: .typeContainer, message: "is no object"))
            return
        }
        for member in object.members where !member.value.isNull {
            let key = Array(member.key.utf8)
            let isTaken = layout.unknown.contains { RecordLayout.name(of: fields[$0], in: line) == key }
            if isTaken {
                workspace.failures.append(
                    Failure(
                        field: Provenance.extraField, code: .headerConflict,
                        message: "has a member that is a column too"))
                continue
            }
            if !isEmpty { output.append(0x2C) }
            isEmpty = false
            JSONText.appendString(key.span.bytes, to: &output)
            output.append(0x3A)
            output.append(member.value.bytes)
        }
    }
}

/// Passes on where a row came from: file, sheet and row number, each only if the record has it.
struct Provenance: ~Copyable {
    /// Numbers of the reserved columns in failures; the contract's fields count from 0.
    static let extraField = -2
    static let fileField = -3
    static let sheetField = -4
    static let rowField = -5

    private let filePrefix = CleaningPlan.prefix(RecordLayout.Reserved.sourceFile.key, isFirst: false)
    private let sheetPrefix = CleaningPlan.prefix(RecordLayout.Reserved.sourceSheet.key, isFirst: false)
    private let rowPrefix = CleaningPlan.prefix(RecordLayout.Reserved.sourceRow.key, isFirst: false)

    /// The reserved key of a number in failures.
    static func name(ofField number: Int) -> String? {
        switch number {
        case extraField: RecordLayout.Reserved.extra.key
        case fileField: RecordLayout.Reserved.sourceFile.key
        case sheetField: RecordLayout.Reserved.sourceSheet.key
        case rowField: RecordLayout.Reserved.sourceRow.key
        default: nil
        }
    }

    func write(
        _ fields: [RecordView.Field], _ line: RawSpan, _ layout: RecordLayout, _ workspace: inout Workspace,
        to output: inout ByteBuffer
    ) {
        let file = layout.member(of: .sourceFile)
        if file != RecordLayout.absent {
            output.append(filePrefix)
            writeText(fields[file], Self.fileField, line, &workspace, to: &output)
        }
        let sheet = layout.member(of: .sourceSheet)
        if sheet != RecordLayout.absent {
            output.append(sheetPrefix)
            writeText(fields[sheet], Self.sheetField, line, &workspace, to: &output)
        }
        let row = layout.member(of: .sourceRow)
        if row != RecordLayout.absent {
            output.append(rowPrefix)
            writeRowNumber(fields[row], line, &workspace, to: &output)
        }
    }

    private func writeText(
        _ field: RecordView.Field, _ number: Int, _ line: RawSpan, _ workspace: inout Workspace,
        to output: inout ByteBuffer
    ) {
        guard field.kind.isString || field.kind == .null else {
            workspace.failures.append(Failure(field: number, code: .typeContainer, message: "is no text"))
            return
        }
        JSONText.appendCompact(line.extracting(field.value), kind: field.kind, to: &output)
    }

    private func writeRowNumber(
        _ field: RecordView.Field, _ line: RawSpan, _ workspace: inout Workspace, to output: inout ByteBuffer
    ) {
        let value = line.extracting(field.value)
        if field.kind == .null { return output.append(value) }
        guard field.kind == .number, let row = DecimalText.parseInteger(value) else {
            workspace.failures.append(Failure(field: Self.rowField, code: .parseInteger, message: "is no whole number"))
            return
        }
        DecimalText.append(row, to: &output)
    }
}
