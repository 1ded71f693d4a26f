internal import ArgumentParser

/// A number of bytes as people write it: `65536`, `64K`, `512M`, `2G` (units of 1024).
package struct ByteSize: ExpressibleByArgument, Equatable, CustomStringConvertible {
    /// Less would make the bookkeeping larger than what is kept.
    package static let minimum = 64 << 10

    package let byteCount: Int

    package init(_ byteCount: Int) { self.byteCount = byteCount }

    package init?(argument: String) {
        let units: [Character: Int] = ["K": 10, "M": 20, "G": 30]
        let unit = argument.uppercased().last.flatMap { units[$0] }
        let digits = unit == nil ? argument[...] : argument.dropLast()
        guard digits.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let number = Int(digits) else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: 1 << (unit ?? 0))
        guard !overflow, product >= Self.minimum else { return nil }
        byteCount = product
    }

    package var description: String {
        for (unit, shift) in [("G", 30), ("M", 20), ("K", 10)] where byteCount % (1 << shift) == 0 {
            return "\(byteCount >> shift)\(unit)"
        }
        return String(byteCount)
    }
}
