import Bytes
import Contracts
import NDJSON
import Parquet

/// Why a JSON value cannot stand in its column.
enum CellProblem: Error, Equatable {
    case nullInRequiredColumn
    /// Another JSON kind than the type is written in.
    case wrongKind(expected: String)
    case notANumber
    case fraction
    case excessScale(Int)
    case tooLarge
    case tooLong(limit: Int)
    case notADate
    case notATime
    case notATimestamp
    case notAnInstant
    /// An object has a member that its group has not.
    case unknownMember(String)

    var reason: String {
        switch self {
        case .nullInRequiredColumn: "null in a required column"
        case .wrongKind(let expected): "not \(expected)"
        case .notANumber: "not a number"
        case .fraction: "not a whole number"
        case .excessScale(let scale): "more than \(scale) decimals"
        case .tooLarge: "out of range"
        case .tooLong(let limit): "longer than \(limit) characters"
        case .notADate: "not a date as 2018-01-31"
        case .notATime: "not a time as 12:30:00, to the microsecond"
        case .notATimestamp: "not a time as 2018-01-31T12:30:00, without offset, to the microsecond"
        case .unknownMember(let name): "there is no member \(name)"
        case .notAnInstant: "not a time as 2018-01-31T12:30:00Z or with +hh:mm, to the microsecond"
        }
    }
}

/// Reads the JSON values of one column and gives them to a buffer. Numbers and times go from bytes to integers
/// without a text or a double in between.
struct CellReader {
    private let type: LogicalType
    private let isRequired: Bool

    init(type: LogicalType, isRequired: Bool = false) {
        self.type = type
        self.isRequired = isRequired
    }

    func appendNull(to column: UnsafeMutablePointer<ColumnBuffer>) throws(CellProblem) {
        if isRequired { throw .nullInRequiredColumn }
        column.pointee.appendNull()
    }

    /// `value` is the place of the value in `line`, without the quotes of a string. `scratch` is for unescaping.
    @inline(__always)
    func append(
        _ kind: JSONKind, _ value: Range<Int>, of line: UnsafeRawBufferPointer,
        to column: UnsafeMutablePointer<ColumnBuffer>, repetition: UInt8 = 0, scratch: inout [UInt8]
    ) throws(CellProblem) {
        // Switches on the kind, not ==: across modules that is a call.
        if case .null = kind { return try appendNull(to: column) }
        let bytes = UnsafeRawBufferPointer(rebasing: line[value])
        switch type {
        case .string(let maximumLength):
            switch kind {
            case .string: try appendText(bytes, maximumLength, to: column, repetition)
            case .escapedString:
                scratch.removeAll(keepingCapacity: true)
                JSONText.unescape(bytes, into: &scratch)
                try appendScratch(scratch, maximumLength, to: column, repetition)
            default: throw .wrongKind(expected: "a string")
            }
        case .integer(let width):
            try requireNumber(kind)
            let number = try Self.integer(bytes)
            guard number >= width.minimum, number <= width.maximum else { throw .tooLarge }
            column.pointee.append(number, repetition: repetition)
        case .decimal(let precision, let scale):
            try requireNumber(kind)
            let number = try Self.decimal(bytes, precision: precision, scale: scale)
            if precision <= 18 {
                column.pointee.append(Int64(truncatingIfNeeded: number), repetition: repetition)
            } else {
                column.pointee.append(number, repetition: repetition)
            }
        case .double:
            guard case .number = kind else { throw .wrongKind(expected: "a number") }
            guard let number = DoubleText.parse(RawSpan(_unsafeBytes: bytes)) else { throw .tooLarge }
            column.pointee.append(number, repetition: repetition)
        case .boolean:
            switch kind {
            case .true: column.pointee.append(true, repetition: repetition)
            case .false: column.pointee.append(false, repetition: repetition)
            default: throw .wrongKind(expected: "true or false")
            }
        case .date:
            guard case .string = kind, let days = DateText.readDate(bytes) else { throw .notADate }
            column.pointee.append(Int64(days), repetition: repetition)
        case .time:
            guard case .string = kind, let time = DateText.readTime(bytes) else { throw .notATime }
            column.pointee.append(time, repetition: repetition)
        case .timestamp(let isInstant):
            guard case .string = kind,
                let time = DateText.readTimestamp(bytes, offset: isInstant ? .required : .forbidden)
            else { throw isInstant ? .notAnInstant : .notATimestamp }
            column.pointee.append(time, repetition: repetition)
        case .json:
            // The text as it stands, quotes included.
            let quote =
                switch kind {
                case .string, .escapedString: 1
                default: 0
                }
            let whole = value.lowerBound - quote..<value.upperBound + quote
            column.pointee.append(UnsafeRawBufferPointer(rebasing: line[whole]), repetition: repetition)
        }
    }

    /// Numbers may also come as strings: that is how exact ones pass through tools that know only doubles.
    @inline(__always) private func requireNumber(_ kind: JSONKind) throws(CellProblem) {
        switch kind {
        case .number, .string: return
        default: throw .wrongKind(expected: "a number")
        }
    }

    @inline(__always)
    private func appendText(
        _ bytes: UnsafeRawBufferPointer, _ maximumLength: Int?, to column: UnsafeMutablePointer<ColumnBuffer>,
        _ repetition: UInt8
    ) throws(CellProblem) {
        if let maximumLength, bytes.count > maximumLength, Self.scalarCount(bytes) > maximumLength {
            throw .tooLong(limit: maximumLength)
        }
        column.pointee.append(bytes, repetition: repetition)
    }

    private func appendScratch(
        _ scratch: [UInt8], _ maximumLength: Int?, to column: UnsafeMutablePointer<ColumnBuffer>,
        _ repetition: UInt8
    ) throws(CellProblem) {
        let result: Result<Void, CellProblem> = scratch.withUnsafeBytes { bytes in
            do throws(CellProblem) {
                return .success(try appendText(bytes, maximumLength, to: column, repetition))
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    /// The characters of valid UTF-8: all bytes but those that continue one.
    private static func scalarCount(_ bytes: UnsafeRawBufferPointer) -> Int {
        bytes.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    }

    @inline(__always) private static func integer(_ bytes: UnsafeRawBufferPointer) throws(CellProblem) -> Int64 {
        switch DecimalText.readInteger(bytes) {
        case .value(let value): return value
        case .fraction: throw .fraction
        case .tooLarge: throw .tooLarge
        case .notANumber: throw .notANumber
        }
    }

    @inline(__always)
    private static func decimal(
        _ bytes: UnsafeRawBufferPointer, precision: Int, scale: Int
    ) throws(CellProblem) -> Int128 {
        switch DecimalText.read(bytes, precision: precision, scale: scale) {
        case .value(let value): return value
        case .excessScale: throw .excessScale(scale)
        case .tooLarge: throw .tooLarge
        case .notANumber: throw .notANumber
        }
    }
}
