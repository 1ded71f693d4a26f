internal import Bytes
internal import Contracts
internal import NDJSON

/// Writes clean values as bytes that sort, from the first byte on, as the values do. Null is below everything.
///
///     null = 00          value = 01, then by type:
///     integers, dates, times, timestamps, doubles   8 bytes, most significant first, the sign turned
///     decimals                                      16 bytes likewise
///     false, true                                   00, 01
///     texts                                         their UTF-8 and 00, which no text holds
enum OrderKey {
    /// Appends one value, given as the canonical JSON that was written for it.
    static func append(_ json: RawSpan, _ type: LogicalType, to output: inout ByteBuffer) {
        if json[0] == 0x6E { return appendNull(to: &output) }
        output.append(1)
        let isQuoted = json[0] == 0x22
        let text = isQuoted ? json.extracting(1..<json.byteCount - 1) : json
        switch type {
        case .integer: append(DecimalText.parseInteger(text) ?? 0, to: &output)
        case .decimal(_, let scale): append(decimal(text, scale), to: &output)
        case .double: append(DoubleText.parse(text) ?? 0, to: &output)
        case .boolean: output.append(json[0] == 0x74 ? 1 : 0)
        case .date: append(Int64(DateText.parseDate(text) ?? 0), to: &output)
        case .time: append(DateText.parseTime(text)?.microseconds ?? 0, to: &output)
        case .timestamp: append(DateText.parseTimestamp(text)?.instant ?? 0, to: &output)
        case .string, .json:
            if isQuoted { JSONText.unescape(text, into: &output) } else { output.append(text) }
            output.append(0)
        }
    }

    static func appendNull(to output: inout ByteBuffer) { output.append(0) }

    private static func decimal(_ text: RawSpan, _ scale: Int) -> Int128 {
        let scaled = DecimalNumber.parse(text)?.scaled(precision: DecimalNumber.digitLimit, scale: scale)
        if case .value(let value)? = scaled { return value }
        return 0
    }

    private static func append(_ value: Int64, to output: inout ByteBuffer) {
        output.appendWord((UInt64(bitPattern: value) ^ 1 << 63).bigEndian)
    }

    private static func append(_ value: Int128, to output: inout ByteBuffer) {
        let turned = UInt128(bitPattern: value) ^ 1 << 127
        output.appendWord(UInt64(truncatingIfNeeded: turned >> 64).bigEndian)
        output.appendWord(UInt64(truncatingIfNeeded: turned).bigEndian)
    }

    /// The bits of positive doubles sort as they are, those of negative ones backwards (IEEE 754).
    private static func append(_ value: Double, to output: inout ByteBuffer) {
        let bits = value.bitPattern
        output.appendWord((bits >> 63 == 0 ? bits | 1 << 63 : ~bits).bigEndian)
    }
}
