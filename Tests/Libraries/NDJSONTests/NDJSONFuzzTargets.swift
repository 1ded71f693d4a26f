import Bytes
import NDJSON

// What the fuzzers call with any bytes, and the replay of their findings as well. A finding is a crash.

/// Lines of records: what one reader takes the other takes too, a view that has seen other lines reads as a new one
/// does, and what is written reads back.
func fuzzRecords(_ bytes: [UInt8]) {
    var view = RecordView()
    for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
        let line = Array(line)
        let value = try? JSONValue(parsing: line)
        var fresh = RecordView()
        let isRecord = (try? fresh.parse(line.span.bytes)) != nil
        let isRecordAgain = (try? view.parse(line.span.bytes)) != nil
        precondition(isRecord == isRecordAgain)
        precondition(isRecord == (value?.object != nil))
        guard isRecord, let value else { continue }
        let places = fresh.fields.map { [$0.key, $0.value] }
        let placesAgain = view.fields.map { [$0.key, $0.value] }
        precondition(places == placesAgain)
        precondition((try? JSONValue(parsing: value.bytes)) == value)
        checkValues(fresh, line, value)
    }
}

/// Each member written by itself is what the whole document says of it.
private func checkValues(_ view: borrowing RecordView, _ line: [UInt8], _ value: JSONValue) {
    let members = value.object?.members ?? []
    precondition(members.count == view.fields.count)
    for (member, field) in zip(members, view.fields) {
        var output = ByteBuffer()
        let span = line.span.bytes
        JSONText.appendCompact(span.extracting(field.value), kind: field.kind, to: &output)
        let written = output.bytes.array
        precondition(written == member.value.bytes)
    }
}
