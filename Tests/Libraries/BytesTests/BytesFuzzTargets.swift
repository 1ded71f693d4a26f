import Bytes

// What the fuzzers call with any bytes, and the replay of their findings as well. A finding is a crash.

/// Numbers, dates and times in any text: what is read is written and read back as the same.
func fuzzTexts(_ bytes: [UInt8]) {
    let text = bytes.span.bytes
    var output = ByteBuffer()
    if let number = DecimalNumber.parse(text) {
        for (precision, scale) in [(38, 0), (38, 38), (12, 2), (1, 1), (18, 9)] {
            for excess in [ExcessDigits.refuse, .roundHalfEven, .truncate] {
                guard case .value(let value) = number.scaled(precision: precision, scale: scale, excess: excess) else {
                    continue
                }
                output.removeAll()
                DecimalText.append(value, scale: scale, to: &output)
                let again = DecimalNumber.parse(output.bytes)?.scaled(precision: precision, scale: scale)
                precondition(again == .value(value))
            }
        }
        _ = number.roundedToExcelDigits()
        _ = DoubleText.double(number)
    }
    if let double = DoubleText.parse(text) {
        output.removeAll()
        DoubleText.append(double, to: &output)
        precondition(DoubleText.parse(output.bytes) == double)
    }
    if let integer = DecimalText.parseInteger(text) {
        output.removeAll()
        DecimalText.append(integer, to: &output)
        precondition(DecimalText.parseInteger(output.bytes) == integer)
    }
    if let stamp = DateText.parseTimestamp(text) {
        output.removeAll()
        DateText.appendTimestamp(stamp.wallMicroseconds, to: &output)
        precondition(DateText.parseTimestamp(output.bytes)?.wallMicroseconds == stamp.wallMicroseconds)
    }
    if let time = DateText.parseTime(text) {
        output.removeAll()
        DateText.appendTime(time.microseconds, to: &output)
        precondition(DateText.parseTime(output.bytes)?.microseconds == time.microseconds)
    }
}
