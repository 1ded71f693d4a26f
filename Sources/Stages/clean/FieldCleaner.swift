internal import Bytes
internal import Contracts
internal import NDJSON
internal import Text

/// Cleans the values of one column, in the fixed order of the rules:
///
///     text -> operations -> null tokens -> map -> parse by type -> checks -> canonical JSON
///
/// Built once per thread, since patterns own scratch memory and shared counters of references would slow threads down.
final class FieldCleaner {
    let name: String
    let type: LogicalType
    let isRequired: Bool
    let onFail: FailureAction
    /// What is written for null instead, as canonical JSON.
    var defaultJSON: [UInt8]?
    var mask: ValueMask?
    /// Where the clock hangs that timestamps without an offset were read from.
    var zone: ZoneRules?

    /// The field's index in the contract, for failures.
    let number: Int
    let steps: FieldSteps
    let nullTokens: TokenSet
    let mapKeys: TokenSet
    let mapTargets: [[UInt8]]
    let numbers: NumberParser
    let dates: DateParser
    let checks: ValueChecks
    let settings: ParseSettings
    let keepsEmpty: Bool
    let trueValues: TokenSet
    let falseValues: TokenSet
    /// The canonical text of a value that is no text can be a null token or the left side of a map as well.
    private let settlesCanonicalText: Bool

    init(_ field: Field, number: Int) throws(PatternError) {
        let cleaning = field.cleaning
        name = field.name
        type = field.type
        isRequired = field.isRequired
        onFail = cleaning.onFail
        self.number = number
        steps = try FieldSteps(cleaning.operations)
        var isText = false
        if case .string = field.type { isText = true }
        keepsEmpty = cleaning.keepsEmptyString && isText
        var tokens = cleaning.nullTokens
        // An empty text is null in a column of texts unless the contract keeps it.
        if isText, !tokens.contains("") { tokens.append("") }
        if keepsEmpty { tokens.removeAll { $0.isEmpty } }
        nullTokens = TokenSet(tokens, ignoresCase: cleaning.ignoresNullTokenCase)
        mapKeys = TokenSet(cleaning.map.map(\.from))
        mapTargets = cleaning.map.map { Array($0.to.utf8) }
        settlesCanonicalText = !isText && (tokens.contains { !$0.isEmpty } || !cleaning.map.isEmpty)
        numbers = NumberParser(cleaning.parse)
        dates = DateParser(cleaning.parse)
        checks = try ValueChecks(field)
        settings = cleaning.parse
        trueValues = TokenSet(cleaning.parse.trueValues, ignoresCase: true)
        falseValues = TokenSet(cleaning.parse.falseValues, ignoresCase: true)
    }

    /// Writes the clean form of one value to `output`, or adds the reasons why there is none. `value` is a string's
    /// content without quotes, or the characters of any other JSON value.
    func clean(
        _ value: RawSpan, _ kind: JSONKind, _ workspace: inout Workspace, to output: inout ByteBuffer
    ) -> ValueOutcome {
        switch kind {
        case .null:
            return .null
        case .string:
            if type == .json { return writeJSON(value, kind, to: &output) }
            if steps.leaveAlone(value) {
                return settle(
                    value, isLiteral: false, needsEscapes: false, &workspace.number, &workspace.failures,
                    &workspace.warnings, to: &output)
            }
            workspace.text.removeAll()
            workspace.text.append(value)
            return cleanText(&workspace, to: &output)
        case .escapedString:
            if type == .json { return writeJSON(value, kind, to: &output) }
            workspace.text.removeAll()
            JSONText.unescape(value, into: &workspace.text)
            return cleanText(&workspace, to: &output)
        case .object, .array:
            if type == .json { return writeJSON(value, kind, to: &output) }
            return fail(.typeContainer, "is an object or array", &workspace.failures)
        case .number, .true, .false:
            return cleanLiteral(value, &workspace, to: &output)
        }
    }

    /// Cleans a text that comes from the contract itself, without JSON's escapes.
    func cleanPlain(
        _ text: RawSpan, _ workspace: inout Workspace, to output: inout ByteBuffer
    ) -> ValueOutcome {
        workspace.text.removeAll()
        workspace.text.append(text)
        return cleanText(&workspace, to: &output)
    }

    /// Numbers and booleans of JSON: in a column of texts they are texts; elsewhere they need no cleaning.
    private func cleanLiteral(
        _ value: RawSpan, _ workspace: inout Workspace, to output: inout ByteBuffer
    ) -> ValueOutcome {
        switch type {
        case .json:
            output.append(value)
            return .written
        case .string:
            workspace.text.removeAll()
            workspace.text.append(value)
            return cleanText(&workspace, to: &output)
        default:
            return settle(
                value, isLiteral: true, needsEscapes: false, &workspace.number, &workspace.failures,
                &workspace.warnings, to: &output)
        }
    }

    /// The text lies in the workspace and may need the operations.
    private func cleanText(_ workspace: inout Workspace, to output: inout ByteBuffer) -> ValueOutcome {
        if !steps.leaveAlone(workspace.text.bytes), !steps.run(&workspace) {
            return fail(.ruleCustom, "never stops changing under the operations", &workspace.failures)
        }
        return settle(
            workspace.text, &workspace.number, &workspace.failures, &workspace.warnings, to: &output)
    }

    /// A span of the text would keep the whole workspace borrowed; the buffer alone does not.
    private func settle(
        _ text: borrowing ByteBuffer, _ scratch: inout ByteBuffer, _ failures: inout [Failure],
        _ warnings: inout WarningCounts, to output: inout ByteBuffer
    ) -> ValueOutcome {
        settle(text.bytes, isLiteral: false, needsEscapes: true, &scratch, &failures, &warnings, to: &output)
    }

    private func writeJSON(_ value: RawSpan, _ kind: JSONKind, to output: inout ByteBuffer) -> ValueOutcome {
        JSONText.appendCompact(value, kind: kind, to: &output)
        return .written
    }

    /// Null tokens, map, parse and checks.
    private func settle(
        _ text: RawSpan, isLiteral: Bool, needsEscapes: Bool, _ scratch: inout ByteBuffer,
        _ failures: inout [Failure], _ warnings: inout WarningCounts, to output: inout ByteBuffer
    ) -> ValueOutcome {
        if nullTokens.contains(text) { return .null }
        if let mapped = mapKeys.index(of: text) {
            // Targets were checked when the plan was made: they are clean and are not mapped on.
            let target = mapTargets[mapped]
            return write(
                target.span.bytes, isLiteral: false, needsEscapes: true, &scratch, &failures, &warnings,
                to: &output)
        }
        let start = output.count
        let outcome = write(
            text, isLiteral: isLiteral, needsEscapes: needsEscapes, &scratch, &failures, &warnings, to: &output)
        guard settlesCanonicalText, outcome == .written else { return outcome }
        return settleCanonical(from: start, &scratch, &failures, &warnings, to: &output)
    }

    /// A null token or the left side of a map may be spelled as canonical values are: `-1`, `1900-01-01`. Clean data
    /// must stay as it is, so what becomes one of them on the way is treated alike.
    private func settleCanonical(
        from start: Int, _ scratch: inout ByteBuffer, _ failures: inout [Failure], _ warnings: inout WarningCounts,
        to output: inout ByteBuffer
    ) -> ValueOutcome {
        let isQuoted = output.bytes(start..<start + 1)[0] == 0x22
        let range = isQuoted ? start + 1..<output.count - 1 : start..<output.count
        let isNull = nullTokens.contains(output.bytes(range))
        let mapped = isNull ? nil : mapKeys.index(of: output.bytes(range))
        if isNull {
            output.truncate(to: start)
            return .null
        }
        guard let mapped else { return .written }
        output.truncate(to: start)
        let target = mapTargets[mapped]
        return write(
            target.span.bytes, isLiteral: false, needsEscapes: true, &scratch, &failures, &warnings,
            to: &output)
    }

    /// Parses by type, checks, and writes the canonical form.
    private func write(
        _ text: RawSpan, isLiteral: Bool, needsEscapes: Bool, _ scratch: inout ByteBuffer,
        _ failures: inout [Failure], _ warnings: inout WarningCounts, to output: inout ByteBuffer
    ) -> ValueOutcome {
        switch type {
        case .string:
            return writeText(text, needsEscapes: needsEscapes, &failures, to: &output)
        case .integer(let width):
            return writeInteger(text, width, isLiteral: isLiteral, &scratch, &failures, to: &output)
        case .decimal(let precision, let scale):
            return writeDecimal(
                text, precision, scale, isLiteral: isLiteral, &scratch, &failures, &warnings, to: &output)
        case .double:
            return writeDouble(text, isLiteral: isLiteral, &scratch, &failures, to: &output)
        case .boolean:
            return writeBoolean(text, &failures, to: &output)
        case .date:
            return writeDate(text, &failures, to: &output)
        case .time:
            return writeTime(text, &failures, &warnings, to: &output)
        case .timestamp(let isInstant):
            return writeTimestamp(text, isInstant: isInstant, &failures, &warnings, to: &output)
        case .json:
            JSONText.appendString(text, to: &output)
            return .written
        }
    }

    @inline(never)
    func fail(_ code: RejectCode, _ message: StaticString, _ failures: inout [Failure]) -> ValueOutcome {
        failures.append(Failure(field: number, code: code, message: message))
        return .failed
    }

    private func writeText(
        _ text: RawSpan, needsEscapes: Bool, _ failures: inout [Failure], to output: inout ByteBuffer
    ) -> ValueOutcome {
        // What a mask wrote has no more to do with what the checks are about.
        let isMasked = mask?.mayHaveWritten(text) ?? false
        let isGood = isMasked || checks.check(text, field: number, &failures)
        if !isGood, onFail != .keep { return .failed }
        if needsEscapes {
            JSONText.appendString(text, to: &output)
        } else {
            output.append(0x22)
            output.append(text)
            output.append(0x22)
        }
        return isGood ? .written : .failed
    }
}
