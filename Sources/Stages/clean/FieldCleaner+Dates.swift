internal import Bytes
internal import Contracts

extension FieldCleaner {
    func writeDate(_ text: RawSpan, _ failures: inout [Failure], to output: inout ByteBuffer) -> ValueOutcome {
        guard let reading = reading(text) else {
            return fail(.parseDate, "is no date in any of the column's formats", &failures)
        }
        guard reading.microseconds == 0 else {
            return fail(.parseDate, "is a date with a time other than midnight", &failures)
        }
        guard checks.check(.date(reading.days), field: number, &failures) else { return .failed }
        let start = output.count
        output.append(0x22)
        DateText.appendDate(reading.days, to: &output)
        output.append(0x22)
        return checkCanonical(from: start, &failures, &output)
    }

    func writeTimestamp(
        _ text: RawSpan, isInstant: Bool, _ failures: inout [Failure], _ warnings: inout WarningCounts,
        to output: inout ByteBuffer
    ) -> ValueOutcome {
        guard let reading = reading(text) ?? epoch(text) else {
            return fail(.parseTimestamp, "is no timestamp in any of the column's formats", &failures)
        }
        var microseconds = reading.wallMicroseconds
        if isInstant {
            if let offset = reading.offsetMinutes {
                microseconds -= Int64(offset) * 60_000_000
            } else if let zone {
                guard let instant = zone.instant(ofWall: microseconds) else {
                    return fail(.parseTimestamp, "is a time that the clocks of the time zone left out", &failures)
                }
                microseconds = instant
            } else {
                return fail(.parseTimestamp, "has no offset and the column has no time zone", &failures)
            }
        } else if reading.offsetMinutes != nil {
            return fail(.parseTimestamp, "has an offset, and the column is wall-clock time", &failures)
        }
        let days = DateText.split(microseconds).days
        guard days >= DateText.firstDay, days <= DateText.lastDay else {
            return fail(.parseTimestamp, "is outside the years 1 to 9999", &failures)
        }
        if reading.isCut { warnings.cutFractions += 1 }
        guard checks.check(.timestamp(microseconds), field: number, &failures) else { return .failed }
        let start = output.count
        output.append(0x22)
        DateText.appendTimestamp(microseconds, isInstant: isInstant, to: &output)
        output.append(0x22)
        return checkCanonical(from: start, &failures, &output)
    }

    func writeTime(
        _ text: RawSpan, _ failures: inout [Failure], _ warnings: inout WarningCounts, to output: inout ByteBuffer
    ) -> ValueOutcome {
        guard let reading = dates.parse(text, isTime: true), reading.offsetMinutes == nil else {
            return fail(.parseTime, "is no time of day in any of the column's formats", &failures)
        }
        if reading.isCut { warnings.cutFractions += 1 }
        guard checks.check(.time(reading.microseconds), field: number, &failures) else { return .failed }
        let start = output.count
        output.append(0x22)
        DateText.appendTime(reading.microseconds, to: &output)
        output.append(0x22)
        return checkCanonical(from: start, &failures, &output)
    }

    /// Declared formats come first, so that `20180131` under `yyyyMMdd` is a date and no serial number.
    private func reading(_ text: RawSpan) -> DateParser.Reading? {
        if let reading = dates.parse(text) { return reading }
        guard let base = settings.excelSerial, let number = DecimalNumber.parse(text) else { return nil }
        return SerialNumber.reading(number, base)
    }

    private func epoch(_ text: RawSpan) -> DateParser.Reading? {
        guard let unit = settings.epoch, let value = DecimalText.parseInteger(text) else { return nil }
        let factor: Int64 = unit == .seconds ? 1_000_000 : unit == .milliseconds ? 1000 : 1
        let (microseconds, overflow) = value.multipliedReportingOverflow(by: factor)
        if overflow { return nil }
        let (days, time) = DateText.split(microseconds)
        // An epoch number counts in UTC.
        var isInstant = false
        if case .timestamp(true) = type { isInstant = true }
        return DateParser.Reading(
            days: days, microseconds: time, hasDate: true, hasTime: true, offsetMinutes: isInstant ? 0 : nil)
    }
}

/// Excel's serial numbers of days (ECMA-376 part 1, 18.17.4.1).
enum SerialNumber {
    /// 9999-12-31.
    private static let last: Int128 = 2_958_465
    private static let millisecondsPerDay: Int128 = 86_400_000

    /// The day and time of a serial number, or nil where Excel has none. The fraction is rounded to the millisecond.
    static func reading(_ number: DecimalNumber, _ base: ExcelSerial) -> DateParser.Reading? {
        // Twelve decimals of a day are a tenth of a microsecond: far below what Excel's doubles keep.
        guard case .value(let scaled) = number.scaled(precision: 30, scale: 12, excess: .roundHalfEven) else {
            return nil
        }
        let unit: Int128 = 1_000_000_000_000
        let milliseconds = (scaled * millisecondsPerDay + unit / 2) / unit
        guard scaled >= 0, milliseconds < (last + 1) * millisecondsPerDay else { return nil }
        let serial = Int64(milliseconds / millisecondsPerDay)
        let time = Int64(milliseconds % millisecondsPerDay) * 1000
        let days: Int64
        switch base {
        case .base1900:
            // 60 is 1900-02-29, a day that never was; before it the count is one day short.
            if serial < 1 || serial == 60 { return nil }
            days = serial < 60 ? serial - 25_568 : serial - 25_569
        case .base1904:
            days = serial - 24_107
            if days > Int64(DateText.lastDay) { return nil }
        }
        return DateParser.Reading(days: Int32(days), microseconds: time, hasDate: true, hasTime: time != 0)
    }
}
