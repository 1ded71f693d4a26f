/// Why a value or a row was refused. The texts are stable: people count by them, and OPS.REJECTS holds them.
enum RejectCode: String, CaseIterable, Sendable {
    case jsonSyntax = "json.syntax"
    case jsonUTF8 = "json.utf8"
    case jsonDuplicateKey = "json.duplicateKey"
    case jsonNotObject = "json.notObject"
    case jsonTooLong = "json.tooLong"
    case typeContainer = "type.container"
    case headerConflict = "header.conflict"
    case columnMissing = "column.missing"
    case nullRequired = "null.required"
    case parseInteger = "parse.integer"
    case parseDecimal = "parse.decimal"
    case parseNumber = "parse.number"
    case parseBoolean = "parse.boolean"
    case parseDate = "parse.date"
    case parseTimestamp = "parse.timestamp"
    case parseTime = "parse.time"
    case rangeMinimum = "range.min"
    case rangeMaximum = "range.max"
    case rangePrecision = "range.precision"
    case lengthMinimum = "length.min"
    case lengthMaximum = "length.max"
    case pattern = "pattern"
    case enumeration = "enum"
    case formatEmail = "format.email"
    case formatUUID = "format.uuid"
    case formatLuhn = "format.luhn"
    case formatIBAN = "format.iban"
    case formatURI = "format.uri"
    case duplicateKey = "dup.key"
    case foreignKeyMissing = "fk.missing"
    case ruleCustom = "rule.custom"
}

/// One reason why a row is refused.
struct Failure: Sendable {
    /// Index of the contract's field, a reserved column's number, or -1 for the row as a whole.
    let field: Int
    let code: RejectCode
    /// For a person; never holds data.
    let message: StaticString

    static let wholeRow = -1
}

/// How the cleaning of one value ended.
enum ValueOutcome: Equatable {
    case written
    case null
    /// The reasons have been added to the list; nothing was written, except where the value may be kept.
    case failed
}
