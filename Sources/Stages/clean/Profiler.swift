internal import Bytes
internal import Contracts
internal import NDJSON

/// Gathers what `--profile` reports of each column. It looks at every value, so it costs time, and the run that has one
/// uses one thread: what is kept of many values depends on their order.
final class Profiler {
    private var columns: [ColumnProfile]
    private let fields: [FieldCleaner]
    private let names: [String]
    private let veil: Veil?
    private var workspace = Workspace()

    init(_ plan: CleaningPlan, _ veil: Veil?) {
        columns = plan.dataset.fields.map { ColumnProfile($0) }
        fields = plan.fields
        names = plan.dataset.fields.map(\.name)
        self.veil = veil
    }

    /// Looks at a record, and at what became of it.
    func see(
        _ record: [RecordView.Field], _ line: RawSpan, _ layout: borrowing RecordLayout, _ failures: [Failure],
        _ output: borrowing ByteBuffer, _ ranges: [Range<Int>]
    ) {
        for number in columns.indices {
            let member = layout.members[number]
            guard member != RecordLayout.absent else {
                columns[number].seeAbsent()
                continue
            }
            columns[number].see(
                line.extracting(record[member].value), record[member].kind, fields[number], &workspace)
        }
        for failure in failures where columns.indices.contains(failure.field) {
            columns[failure.field].see(failure, Self.value(failure.field, record, line, layout))
        }
        guard failures.isEmpty else { return }
        for number in columns.indices {
            if ranges[number].isEmpty {
                columns[number].seeCleanNull()
            } else {
                columns[number].seeClean(output.bytes(ranges[number]))
            }
        }
    }

    private static func value(
        _ number: Int, _ record: [RecordView.Field], _ line: RawSpan, _ layout: borrowing RecordLayout
    ) -> JSONValue {
        let member = layout.members[number]
        guard member != RecordLayout.absent else { return .null }
        let text = line.extracting(record[member].fullValue)
        return text.withUnsafeBytes { try? JSONValue(parsing: $0) } ?? .null
    }

    /// The columns by name, in alphabetical order, so that two reports can be compared line by line.
    var report: JSONValue {
        var object = JSONObject()
        for number in names.indices.sorted(by: { names[$0] < names[$1] }) {
            object[names[number]] = columns[number].report(isHidden: veil?.hides(number) ?? false)
        }
        return .object(object)
    }
}
