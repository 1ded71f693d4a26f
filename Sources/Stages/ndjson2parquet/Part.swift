import Bytes
import NDJSON
import Parquet
import StageKit

/// A file that was written: the manifest's part line.
struct Part {
    let stored: StoredFile
    let summary: ParquetSummary

    /// `{"path","bytes","sha256","rows","row_groups","columns":{name:{"nulls","min","max"}}}`
    var line: JSONValue {
        var columns = JSONObject()
        for column in summary.columns {
            columns[column.leaf.name] = .object([
                "nulls": .integer(column.nullCount), "min": Self.json(column.minimum, column.leaf.type),
                "max": Self.json(column.maximum, column.leaf.type),
            ])
        }
        return .object([
            "path": .string(stored.path), "bytes": .integer(stored.byteCount), "sha256": .optional(stored.sha256),
            "rows": .integer(summary.rowCount), "row_groups": .integer(summary.rowGroupCount),
            "columns": .object(columns),
        ])
    }

    /// A bound in the form that the value has in NDJSON.
    static func json(_ value: PlainValue?, _ type: ParquetType) -> JSONValue {
        var text: [UInt8] = []
        switch (value, type) {
        case (nil, _): return .null
        case (.boolean(let truth), _): return .bool(truth)
        case (.double(let number), _):
            guard number.isFinite else { return .null }
            JSONText.appendDouble(number, to: &text)
            return .number(String(decoding: text, as: UTF8.self))
        case (.text(let bytes), _): return .string(String(decoding: bytes, as: UTF8.self))
        case (.integer(let unscaled), .decimal(_, let scale)):
            DecimalText.append(unscaled, scale: scale, to: &text)
            return .number(String(decoding: text, as: UTF8.self))
        case (.integer(let days), .date): DateText.appendDate(Int32(clamping: days), to: &text)
        case (.integer(let time), .time): DateText.appendTime(Int64(clamping: time), to: &text)
        case (.integer(let time), .timestamp(let isInstant)):
            DateText.appendTimestamp(Int64(clamping: time), to: &text)
            if isInstant { text.append(0x5A) }
        case (.integer(let number), _): return .integer(number)
        }
        return .string(String(decoding: text, as: UTF8.self))
    }
}
