internal import Bytes

/// Counts different values: exactly up to a limit, and from there by HyperLogLog (Flajolet et al. 2007) with 2^14
/// registers, whose standard error is 0.8 percent. Values are also counted one by one, for the most frequent ones, as
/// long as there is room for new ones.
struct DistinctCounter {
    static let exactLimit = 10_000
    private static let indexBits = 14
    /// In percent, for reports.
    static let estimateError = "0.8"

    private(set) var frequencies: [[UInt8]: Int] = [:]
    private var registers: [UInt8] = []
    /// Values that came when there was no room for new ones.
    private(set) var uncountedValues = 0

    mutating func add(_ value: RawSpan) {
        let bytes = value.array
        if let count = frequencies[bytes] {
            frequencies[bytes] = count + 1
            return
        }
        if frequencies.count < Self.exactLimit {
            frequencies[bytes] = 1
            return
        }
        if registers.isEmpty {
            registers = Array(repeating: 0, count: 1 << Self.indexBits)
            for known in frequencies.keys { note(known.span.bytes) }
        }
        uncountedValues += 1
        note(value)
    }

    private mutating func note(_ value: RawSpan) {
        var hasher = RowKeyHasher()
        hasher.add(value)
        let hash = hasher.finish().high
        let index = Int(hash >> UInt64(64 - Self.indexBits))
        let rank = UInt8((hash << UInt64(Self.indexBits) | 1 << UInt64(Self.indexBits - 1)).leadingZeroBitCount + 1)
        registers[index] = max(registers[index], rank)
    }

    var isExact: Bool { registers.isEmpty }

    /// How many different values there were, or about how many.
    var count: Int {
        if isExact { return frequencies.count }
        let size = Double(registers.count)
        var sum = 0.0
        var emptyCount = 0
        for register in registers {
            sum += Double(sign: .plus, exponent: -Int(register), significand: 1)
            if register == 0 { emptyCount += 1 }
        }
        let estimate = 0.7213 / (1 + 1.079 / size) * size * size / sum
        // Few values leave registers empty, and then their number says more.
        guard estimate <= 2.5 * size, emptyCount > 0 else { return Int(estimate.rounded()) }
        return Int((size * Self.logarithm(size / Double(emptyCount))).rounded())
    }

    /// The natural logarithm of a number of at least 1, by its series; the standard library has none.
    private static func logarithm(_ value: Double) -> Double {
        let exponent = Double(value.exponent)
        let ratio = (value.significand - 1) / (value.significand + 1)
        var term = ratio
        var sum = 0.0
        for step in 0..<60 {
            sum += term / Double(2 * step + 1)
            term *= ratio * ratio
        }
        return 2 * sum + exponent * 0.693_147_180_559_945_3
    }

    /// The most frequent values; those of one frequency in the order of their bytes.
    func mostFrequent(_ limit: Int) -> [(value: [UInt8], count: Int)] {
        let ordered = frequencies.sorted { left, right in
            left.value != right.value ? left.value > right.value : left.key.lexicographicallyPrecedes(right.key)
        }
        return ordered.prefix(limit).map { (value: $0.key, count: $0.value) }
    }
}

/// The shape of a text: `Aa9` for letters and digits, everything else as it is, cut at a limit. Shapes show at a glance
/// what is in a column: `99999` and here and there `AAAAA`.
enum ValueShape {
    static let lengthLimit = 40

    static func shape(of text: String) -> String {
        var shape = ""
        for scalar in text.unicodeScalars {
            if shape.unicodeScalars.count == lengthLimit { return shape + "…" }
            let properties = scalar.properties
            if properties.isUppercase {
                shape.append("A")
            } else if properties.isAlphabetic {
                shape.append("a")
            } else if properties.numericType == .decimal {
                shape.append("9")
            } else {
                shape.unicodeScalars.append(scalar)
            }
        }
        return shape
    }
}
