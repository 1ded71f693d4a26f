internal import Bytes
internal import Contracts
internal import NDJSON
internal import StageKit

/// A dataset's contract made ready for rows: what has to be known per row is computed here once. Each thread makes its
/// own, because patterns own scratch memory.
struct CleaningPlan {
    let dataset: Dataset
    let fields: [FieldCleaner]
    /// What stands before each field's value in a row: `{"order_id":`, `,"price":`.
    let prefixes: [[UInt8]]
    let extraPrefix: [UInt8]
    /// Whether rows are compared, and by what.
    let dedupe: Dedupe?
    let references: [ReferenceTable]
    let referenceMisses: ReferenceMisses
    let quality: QualityRules
    let freshness: [Freshness]

    init(
        _ dataset: Dataset, references: [ReferenceTable] = [], referenceMisses: ReferenceMisses = .warn,
        freshness: [Freshness] = []
    ) throws(StageFailure) {
        self.dataset = dataset
        self.references = references
        self.referenceMisses = referenceMisses
        self.freshness = freshness
        quality = try QualityRules(dataset)
        dedupe = dataset.rows.dedupe
        var fields: [FieldCleaner] = []
        var prefixes: [[UInt8]] = []
        for (number, field) in dataset.fields.enumerated() {
            do throws(PatternError) {
                fields.append(try FieldCleaner(field, number: number))
            } catch {
                throw field.fault("a pattern \(error)", "correct the pattern")
            }
            if let settings = field.cleaning.mask { fields[number].mask = try ValueMask(settings, field: field) }
            if case .timestamp(true) = field.type, let zone = field.defaultTimezone {
                do throws(ZoneProblem) {
                    fields[number].zone = try ZoneRules.load(zone)
                } catch {
                    throw field.fault(error.message, "name a zone of the IANA database, as America/Sao_Paulo")
                }
            }
            prefixes.append(Self.prefix(field.name, isFirst: number == 0))
        }
        self.fields = fields
        self.prefixes = prefixes
        extraPrefix = Self.prefix(ReservedName.extra, isFirst: fields.isEmpty)
        try checkStability()
    }

    static func prefix(_ name: String, isFirst: Bool) -> [UInt8] {
        var bytes: [UInt8] = [isFirst ? 0x7B : 0x2C]
        JSONText.appendString(name, to: &bytes)
        bytes.append(0x3A)
        return bytes
    }

    /// Clean data must stay as it is when it is cleaned again. What could break that in a contract is refused here:
    /// map targets and defaults that would be changed or refused, and date formats that read ISO dates differently.
    private func checkStability() throws(StageFailure) {
        for (field, cleaner) in zip(dataset.fields, fields) {
            for mapping in field.cleaning.map {
                if let problem = cleaner.problem(ofResult: mapping.to) {
                    throw field.fault(
                        "the map's target \"\(mapping.to)\" \(problem)", "write it as cleaning leaves it")
                }
            }
            if let text = field.cleaning.defaultValue {
                if let problem = cleaner.problem(ofResult: text) {
                    throw field.fault("the default \"\(text)\" \(problem)", "write it as cleaning leaves it")
                }
                cleaner.defaultJSON = cleaner.cleaned(text)
            }
            if let format = cleaner.formatReadingISODifferently(field.cleaning.parse.formats) {
                throw field.fault(
                    "the format \(format) reads ISO dates, as clean data has them, as other days",
                    "such dates cannot be told apart: correct the source")
            }
        }
    }
}

extension Field {
    /// A fault of the contract that shows only when it is made ready for rows.
    func fault(_ problem: String, _ remedy: String) -> StageFailure {
        .badConfiguration(place.message(problem, remedy))
    }
}

extension FieldCleaner {
    /// What is wrong with a text that the contract itself produces, or nil when cleaning leaves it as it is.
    func problem(ofResult text: String) -> String? {
        let bytes = Array(text.utf8)
        var workspace = Workspace()
        workspace.text.append(bytes)
        if !steps.leaveAlone(bytes.span.bytes) {
            guard steps.run(&workspace), workspace.text.bytes.equals(bytes.span.bytes) else {
                return "is changed by the operations"
            }
        }
        if nullTokens.contains(bytes.span.bytes) { return "is a null token" }
        if let mapped = mapKeys.index(of: bytes.span.bytes), mapTargets[mapped] != bytes { return "is mapped again" }
        var output = ByteBuffer()
        switch cleanPlain(bytes.span.bytes, &workspace, to: &output) {
        case .written: break
        case .null: return "becomes null"
        case .failed: return workspace.failures.first.map { "\($0.message)" } ?? "is refused"
        }
        guard let again = cleaned(output), again == output.bytes.array else {
            return "does not stay as it is when it is cleaned again"
        }
        return nil
    }

    /// The canonical JSON of a text, or nil when it is refused or null.
    func cleaned(_ text: String) -> [UInt8]? {
        var workspace = Workspace()
        var output = ByteBuffer()
        let bytes = Array(text.utf8)
        guard cleanPlain(bytes.span.bytes, &workspace, to: &output) == .written else { return nil }
        return output.bytes.array
    }

    /// The canonical JSON of canonical JSON.
    private func cleaned(_ written: borrowing ByteBuffer) -> [UInt8]? {
        var workspace = Workspace()
        var output = ByteBuffer()
        let bytes = written.bytes
        let isString = bytes.byteCount > 1 && bytes[0] == 0x22
        let inner = isString ? bytes.extracting(1..<bytes.byteCount - 1) : bytes
        let kind: JSONKind = isString ? .escapedString : bytes[0] == 0x74 ? .true : bytes[0] == 0x66 ? .false : .number
        guard clean(inner, kind, &workspace, to: &output) == .written else { return nil }
        return output.bytes.array
    }

    /// The first declared format that takes an ISO date for another day.
    func formatReadingISODifferently(_ formats: [DateFormat]) -> String? {
        // Day and month differ, and both could be either.
        let samples = ["2001-02-03", "2001-02-03T04:05:06", "2001-02-03 04:05:06"].map { Array($0.utf8) }
        for format in formats {
            let alone = DateParser([format], settings)
            for sample in samples {
                guard let reading = alone.parseByFormats(sample.span.bytes) else { continue }
                if reading != alone.parse(sample.span.bytes) { return format.text }
            }
        }
        return nil
    }
}
