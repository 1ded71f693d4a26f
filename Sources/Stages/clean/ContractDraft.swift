internal import Bytes
internal import Contracts
internal import NDJSON
internal import StageKit
internal import Text

/// `clean --infer`: reads rows and writes a first contract for them, which a person then corrects. Nothing else in this
/// program guesses.
struct ContractDraft {
    /// More columns than this are no table.
    private static let columnLimit = 10_000

    private var columns: [InferredColumn] = []
    private var places: [[UInt8]: Int] = [:]
    private let readers = InferenceReaders()
    private var rowCount = 0
    private var passedOver = PassedOver()

    /// Lines that are no records and say nothing about columns.
    struct PassedOver {
        var count = 0
        var firstLine = 0
    }

    /// Drafts a contract from `input` and writes it to `output`. Says which lines it could not use.
    @discardableResult
    static func write(_ input: String, to output: String, lineLimit: Int) throws(StageFailure) -> PassedOver {
        var draft = ContractDraft()
        do throws(IOError) {
            try draft.read(try DataInput.open(input), lineLimit: lineLimit)
        } catch {
            throw .input(error)
        }
        let text = draft.text(name: name(of: input))
        do throws(IOError) {
            var file = try DataOutput(output)
            try file.append(Array(text.utf8))
            try file.finish()
            _ = try file.publish()
        } catch {
            throw .output(error)
        }
        return draft.passedOver
    }

    /// A name for the dataset: that of the file without its endings, as names of columns are made.
    private static func name(of input: String) -> String {
        guard input != "-" else { return "dataset" }
        let file = FileSystem.name(of: input)
        let name = HeaderIndex.snake(String(file.prefix { $0 != "." }))
        return name.isEmpty ? "dataset" : name
    }

    private mutating func read(_ source: any ByteSource, lineLimit: Int) throws(IOError) {
        var reader = LineReader(WithoutByteOrderMark(source), lineLimit: lineLimit)
        var record = RecordView()
        var scratch = ByteBuffer()
        var plain = ByteBuffer()
        var lineNumber = 0
        while let line = try reader.nextLine() {
            lineNumber += 1
            guard (try? record.parse(line)) != nil else {
                if !Self.isBlank(line) { passOver(lineNumber) }
                continue
            }
            rowCount += 1
            for field in record.fields {
                guard let place = place(of: field, in: line) else { continue }
                let value = line.extracting(field.value)
                if field.kind == .escapedString {
                    plain.removeAll()
                    JSONText.unescape(value, into: &plain)
                    Self.see(&columns[place], plain, readers, &scratch)
                } else {
                    columns[place].see(value, field.kind, readers, &scratch)
                }
            }
        }
    }

    private mutating func passOver(_ line: Int) {
        if passedOver.count == 0 { passedOver.firstLine = line }
        passedOver.count += 1
    }

    private static func isBlank(_ line: RawSpan) -> Bool {
        for place in 0..<line.byteCount where line[place] > 0x20 { return false }
        return true
    }

    private static func see(
        _ column: inout InferredColumn, _ text: borrowing ByteBuffer, _ readers: InferenceReaders,
        _ scratch: inout ByteBuffer
    ) {
        column.see(text.bytes, .string, readers, &scratch)
    }

    /// The column of a member; nil for reserved keys and beyond the limit.
    private mutating func place(of field: RecordView.Field, in line: RawSpan) -> Int? {
        let key = RecordLayout.name(of: field, in: line)
        if let known = places[key] { return known < 0 ? nil : known }
        let name = String(decoding: key, as: UTF8.self)
        if RecordLayout.Reserved.allCases.contains(where: { $0.key == name }) || columns.count == Self.columnLimit {
            places[key] = -1
            return nil
        }
        columns.append(InferredColumn(name))
        places[key] = columns.count - 1
        return columns.count - 1
    }

    private func text(name: String) -> String {
        var lines = [
            "# A draft from \(rowCount) rows, for a person to correct: types, keys, ranges and what null is are guesses.",
            "apiVersion: v3.1.0", "kind: DataContract", "id: \(Self.quoted(name))", "version: 0.1.0", "status: draft",
            "schema:",
            "  - name: \(Self.quoted(name))", "    physicalType: table", "    logicalType: object",
            "    customProperties:",
            "      - {property: source, value: {files: [\"**/\(name)*.xls[xm]\"]}}",
            "      - {property: cleaning, value: {rulesVersion: 1, nullTokens: [\(nullTokens)], headerMatch: snake}}",
            "    properties:",
        ]
        var used: Set<String> = []
        for (number, column) in columns.enumerated() { lines += describe(column, number, &used) }
        return lines.joined(separator: "\n") + "\n"
    }

    private var nullTokens: String {
        let seen = columns.reduce(into: Set([""])) { $0.formUnion($1.nullTexts) }
        return seen.sorted().map(Self.quoted).joined(separator: ", ")
    }

    private func describe(_ column: InferredColumn, _ number: Int, _ used: inout Set<String>) -> [String] {
        if column.header.isEmpty {
            return ["      # the rows have values under an empty key too, which a contract cannot name"]
        }
        // Names that are alike under headerMatch mean one property.
        guard used.insert(HeaderIndex.snake(column.header)).inserted else {
            return ["      # \(Self.quoted(column.header)) is read as the property of that name above"]
        }
        var name = Self.columnName(column.header)
        if name.isEmpty || name != HeaderIndex.snake(column.header) && !used.insert(name).inserted {
            name = "column_\(number + 1)"
            used.insert(name)
        }
        let guess = column.guess
        var lines = guess.remarks.map { "      # \($0)" }
        lines += ["      - name: \(Self.quoted(name))", "        logicalType: \(guess.logicalType)"]
        if guess.logicalType == "timestamp" { lines.append("        logicalTypeOptions: {timezone: false}") }
        lines.append("        physicalType: \(guess.physicalType)")
        if column.isRequired { lines.append("        required: true") }
        var custom: [String] = []
        if let decimals = guess.decimals {
            custom.append("          - {property: precision, value: \(decimals.precision)}")
            custom.append("          - {property: scale, value: \(decimals.scale)}")
        }
        var cleaning: [String] = []
        if HeaderIndex.snake(column.header) != name { cleaning.append("aliases: [\(Self.quoted(column.header))]") }
        if !guess.parse.isEmpty { cleaning.append("parse: {\(guess.parse.joined(separator: ", "))}") }
        if !cleaning.isEmpty {
            custom.append("          - {property: cleaning, value: {\(cleaning.joined(separator: ", "))}}")
        }
        if !custom.isEmpty { lines += ["        customProperties:"] + custom }
        return lines
    }

    /// Lower-case ASCII letters, digits and `_`, beginning with a letter; empty where nothing is left.
    private static func columnName(_ header: String) -> String {
        let ascii = String(header.map { $0.isASCII ? $0 : " " })
        let name = HeaderIndex.snake(ascii)
        return name.first?.isLetter ?? false ? name : name.isEmpty ? "" : "c_" + name
    }

    /// A text in double quotes as YAML 1.2 reads it (its section 7.3.1); JSON's escapes are among YAML's.
    private static func quoted(_ text: String) -> String { JSONValue.string(text).text }
}
