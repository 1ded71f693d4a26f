internal import Bytes
internal import Contracts
internal import NDJSON

/// Writes the reject stream: one line per refused row, with the row as it came and all reasons.
///
///     {"reject":1,"dataset":"orders","contract_version":"1.0.0","delivery":null,"_source_file":"orders.xlsx",
///      "_source_sheet":"Orders","_source_row":17,"line":16,"row":{"price":"12,34,56"},"raw":null,"raw_base64":null,
///      "errors":[{"field":"price","code":"parse.decimal","rule":"DECIMAL(12,2)","value":"12,34,56",
///                 "message":"is no number in the column's spelling","cell":"Orders!D17"}]}
///
/// `raw` is the text of a line that is no record, `raw_base64` its bytes where they are no UTF-8. Every key is always
/// there. A `Veil` hides what people must not read. The stream is small next to the data, so it is put together from values rather than bytes.
struct Rejects {
    /// Values are cut behind this many characters: `row` has them whole.
    static let valueLimit = 1000

    private let dataset: Dataset
    private let contractVersion: String
    private let delivery: String?
    private let veil: Veil?
    private let index: HeaderIndex

    /// With a veil, what people must not read is hidden in rows and errors.
    init(_ dataset: Dataset, contractVersion: String, delivery: String?, veil: Veil?) {
        self.dataset = dataset
        self.contractVersion = contractVersion
        self.delivery = delivery
        self.veil = veil
        index = HeaderIndex(dataset)
    }

    /// The line of the stream for one refused row, with its line feed, and its codes.
    func line(
        for refusal: CleanedBlock.Refusal, text: RawSpan, lineNumber: Int, columns: SheetColumns
    ) -> (bytes: [UInt8], codes: [RejectCode]) {
        let isRecord = refusal.jsonError == nil && refusal.failures.first?.code != .jsonTooLong
        let record = isRecord ? text.withUnsafeBytes { try? JSONValue(parsing: $0) }?.object : nil
        let origin = Origin(record)
        var errors: [JSONValue] = []
        var codes: [RejectCode] = []
        if let error = refusal.jsonError {
            let code = RejectCode(rawValue: error.rejectCode) ?? .jsonSyntax
            codes.append(code)
            errors.append(Self.error(field: nil, code, rule: nil, value: .null, message: error.message, cell: nil))
        }
        let header = record.map { Header($0, index) }
        for failure in refusal.failures {
            codes.append(failure.code)
            errors.append(describe(failure, record, header, origin, columns))
        }
        var raw: (text: JSONValue, base64: JSONValue) = (.null, .null)
        if record == nil {
            raw.text = .string(veil?.hiddenLine ?? text.text)
            if veil == nil, !Self.isUTF8(text) { raw.base64 = .string(Base64.encode(text)) }
        }
        let object: JSONObject = [
            "reject": .integer(1), "dataset": .string(dataset.name), "contract_version": .string(contractVersion),
            "delivery": .optional(delivery), "_source_file": origin.file, "_source_sheet": origin.sheet,
            "_source_row": origin.row, "line": .integer(lineNumber), "row": row(record, header), "raw": raw.text,
            "raw_base64": raw.base64, "errors": .array(errors),
        ]
        return (JSONValue.object(object).bytes + [0x0A], codes)
    }

    /// Where the row came from, as its record says.
    private struct Origin {
        let file: JSONValue
        let sheet: JSONValue
        let row: JSONValue

        init(_ record: JSONObject?) {
            file = record?[RecordLayout.Reserved.sourceFile.key] ?? .null
            sheet = record?[RecordLayout.Reserved.sourceSheet.key] ?? .null
            row = record?[RecordLayout.Reserved.sourceRow.key] ?? .null
        }
    }

    /// The names under which the record has the contract's fields.
    private struct Header {
        private var names: [Int: String] = [:]
        private var fields: [String: Int] = [:]

        init(_ record: JSONObject, _ index: HeaderIndex) {
            for member in record.members {
                guard let field = index.field(for: member.key) else { continue }
                fields[member.key] = field
                if names[field] == nil { names[field] = member.key }
            }
        }

        func field(ofName name: String) -> Int? { fields[name] }
        func name(ofField number: Int) -> String? { names[number] }
    }

    private func describe(
        _ failure: Failure, _ record: JSONObject?, _ header: Header?, _ origin: Origin, _ columns: SheetColumns
    ) -> JSONValue {
        let isField = dataset.fields.indices.contains(failure.field)
        let name = isField ? dataset.fields[failure.field].name : Provenance.name(ofField: failure.field)
        let key = isField ? header?.name(ofField: failure.field) : name
        let cell = key.flatMap { columns.cell(column: $0, sheet: origin.sheet.string, row: origin.row.integer) }
        var value = key.flatMap { record?[$0] } ?? .null
        if let veil { value = veil.hide(value, ofField: failure.field) }
        let rule = isField ? dataset.fields[failure.field].rule(for: failure.code) : nil
        return Self.error(
            field: name, failure.code, rule: rule, value: Self.text(value), message: "\(failure.message)", cell: cell)
    }

    private static func error(
        field: String?, _ code: RejectCode, rule: String?, value: JSONValue, message: String, cell: String?
    ) -> JSONValue {
        .object([
            "field": .optional(field), "code": .string(code.rawValue), "rule": .optional(rule), "value": value,
            "message": .string(message), "cell": .optional(cell),
        ])
    }

    /// The record without what tells where it came from.
    private func row(_ record: JSONObject?, _ header: Header?) -> JSONValue {
        guard var record else { return .null }
        if let veil, let header {
            for member in record.members {
                guard let field = header.field(ofName: member.key) else { continue }
                record[member.key] = veil.hide(member.value, ofField: field)
            }
        }
        for reserved in RecordLayout.Reserved.allCases where reserved != .extra { record[reserved.key] = nil }
        return .object(record)
    }

    /// A value as a text for a person.
    private static func text(_ value: JSONValue) -> JSONValue {
        let text: String
        switch value {
        case .null: return .null
        case .string(let content): text = content
        default: text = value.text
        }
        return .string(text.count > valueLimit ? text.prefix(valueLimit) + "…" : text)
    }

    private static func isUTF8(_ text: RawSpan) -> Bool { text.withUnsafeBytes { UTF8Check.isValid($0) } }
}

extension Field {
    /// What the contract says that a value with this code does not fulfil.
    func rule(for code: RejectCode) -> String? {
        switch code {
        case .parseInteger, .parseDecimal, .parseNumber, .parseBoolean, .parseDate, .parseTimestamp, .parseTime,
            .rangePrecision, .typeContainer:
            return type.contractName
        case .nullRequired, .columnMissing: return "required"
        case .lengthMinimum: return limits.minimumLength.map { "minLength \($0)" }
        case .lengthMaximum: return limits.maximumLength.map { "maxLength \($0)" }
        case .pattern: return limits.pattern.map { "pattern \($0.text)" }
        case .enumeration: return limits.validValues.map(Self.list)
        case .rangeMinimum:
            return limits.minimum.map { "\($0.isExclusive ? "exclusiveMinimum" : "minimum") \($0.text)" }
                ?? type.contractName
        case .rangeMaximum:
            return limits.maximum.map { "\($0.isExclusive ? "exclusiveMaximum" : "maximum") \($0.text)" }
                ?? type.contractName
        case .formatEmail, .formatUUID, .formatLuhn, .formatIBAN, .formatURI:
            return cleaning.check.map { "check \($0.rawValue)" }
        case .ruleCustom: return limits.multipleOf.map { "multipleOf \($0.text)" } ?? "ops"
        default: return nil
        }
    }

    private static func list(_ values: [String]) -> String {
        let shown = 12
        let rest = values.count > shown ? ", and \(values.count - shown) more" : ""
        return "one of \(values.prefix(shown).joined(separator: ", "))\(rest)"
    }
}
