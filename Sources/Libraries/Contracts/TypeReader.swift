/// Decides a column's type by logicalType, its options and physicalType, which must agree.
struct TypeReader {
    private let reader: MappingReader
    private let extensions: Extensions
    private let options: MappingReader?

    init(_ reader: MappingReader, _ extensions: Extensions, _ options: MappingReader?) {
        self.reader = reader
        self.extensions = extensions
        self.options = options
    }

    /// Nil where there is no such type, or it contradicts itself; the reason is in the log.
    func type(_ logicalType: String) -> LogicalType? {
        var physicalType: PhysicalType?
        if let text = reader.text("physicalType") {
            physicalType = PhysicalType(text)
            if physicalType == nil {
                reader.report("physicalType", "\(text) is not supported", "write \(PhysicalType.spellings)")
                return nil
            }
        }
        let precision = extensions.whole("precision", 1...38)
        let scale = extensions.whole("scale", 0...38)
        let type = resolve(logicalType, physicalType, precision, scale)
        if let type { checkScale(type, precision, scale) }
        return type
    }

    private func resolve(
        _ logicalType: String, _ physicalType: PhysicalType?, _ precision: Int?, _ scale: Int?
    ) -> LogicalType? {
        switch (logicalType, physicalType) {
        case ("string", nil): return .string(maximumLength: nil)
        case ("string", .varchar(let length)?):
            guard length != 0 else {
                reader.report("physicalType", "holds no characters", "write VARCHAR(n) with n from 1")
                return nil
            }
            return .string(maximumLength: length)
        case ("integer", nil): return integer(whenUnsaid: .i64, fits: IntegerWidth.allCases)
        case ("integer", .integer?): return integer(whenUnsaid: .i32, fits: [.i8, .i16, .i32, .u8, .u16])
        case ("integer", .bigint?): return integer(whenUnsaid: .i64, fits: [.i64, .u32])
        case ("number", nil):
            guard let precision else { return .double }
            return decimal(precision, scale ?? 0)
        case ("number", .double?): return .double
        case ("number", .decimal(let precision, let scale)?): return decimal(precision, scale)
        case ("boolean", nil), ("boolean", .boolean?): return .boolean
        case ("date", nil), ("date", .date?): return .date
        case ("time", nil), ("time", .time?): return .time
        case ("timestamp", nil), ("timestamp", .timestamp?), ("timestamp", .timestampWithZone?):
            return timestamp(physicalType)
        case ("object", .variant?), ("array", .variant?), ("map", .variant?): return .json
        case ("object", nil), ("array", nil), ("map", nil):
            reader.report(
                "physicalType", "nested columns are not supported", "add physicalType: VARIANT, which keeps JSON text")
            return nil
        default:
            reader.report(
                "physicalType", "\(reader.text("physicalType") ?? "") holds no \(logicalType)",
                "write one of \(PhysicalType.spellings) that does")
            return nil
        }
    }

    private func integer(whenUnsaid width: IntegerWidth, fits widths: [IntegerWidth]) -> LogicalType? {
        guard let format = options?.text("format") else { return .integer(width) }
        guard let width = IntegerWidth(rawValue: format) else {
            options?.report(
                "format", "\(format) is not supported",
                "write one of \(IntegerWidth.allCases.map(\.rawValue).joined(separator: ", ")), or use DECIMAL(p,0)")
            return nil
        }
        guard widths.contains(width) else {
            options?.report(
                "format", "\(format) does not go with \(reader.text("physicalType") ?? "")",
                "INTEGER has 32 bits, BIGINT 64")
            return nil
        }
        return .integer(width)
    }

    private func decimal(_ precision: Int, _ scale: Int) -> LogicalType? {
        guard (1...38).contains(precision), scale <= precision else {
            reader.report(
                "physicalType", "there is no decimal of precision \(precision) and scale \(scale)",
                "precision is from 1 to 38 and the scale at most that")
            return nil
        }
        if options?["format"] != nil { options?.report("format", "has no meaning for a decimal", "remove it") }
        return .decimal(precision: precision, scale: scale)
    }

    /// The standard's default is an instant; a physical type without zone says otherwise.
    private func timestamp(_ physicalType: PhysicalType?) -> LogicalType? {
        let declared = options?.flag("timezone")
        let isInstant = declared ?? (physicalType != .timestamp)
        if physicalType == .timestamp && isInstant || physicalType == .timestampWithZone && !isInstant {
            options?.report(
                "timezone", "does not go with \(reader.text("physicalType") ?? "")",
                "TIMESTAMP_NTZ is without zone, TIMESTAMP_TZ and TIMESTAMP_LTZ are instants")
            return nil
        }
        return .timestamp(isInstant: isInstant)
    }

    /// Other tools read the decimals' size from the custom properties, so they must not say something else.
    private func checkScale(_ type: LogicalType, _ precision: Int?, _ scale: Int?) {
        guard case .decimal(let realPrecision, let realScale) = type else {
            for (name, value) in [("precision", precision), ("scale", scale)] where value != nil {
                extensions.report(name, "has no meaning for \(type.contractName)", "remove it")
            }
            return
        }
        if let precision, precision != realPrecision {
            extensions.report("precision", "\(precision) is not that of \(type.contractName)", "write \(realPrecision)")
        }
        if let scale, scale != realScale {
            extensions.report("scale", "\(scale) is not that of \(type.contractName)", "write \(realScale)")
        }
    }
}
