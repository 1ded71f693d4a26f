/// Random identifiers (RFC 9562 section 5.4): for requests, temporary names and tokens, never for data.
///
///     xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx     y is 8, 9, a or b
package enum UUIDText {
    package static func random(using generator: inout some RandomNumberGenerator) -> String {
        // Version 4 in the upper half, the variant in the lower.
        let high = generator.next() & ~0xF000 | 0x4000
        let low = generator.next() & ~(0b11 << 62) | 0b10 << 62
        let digits = Hex.encode((0..<16).map { UInt8(truncatingIfNeeded: ($0 < 8 ? high : low) >> (56 - $0 % 8 * 8)) })
        let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { range in
            digits.dropFirst(range.lowerBound).prefix(range.count)
        }
        return parts.joined(separator: "-")
    }

    /// From the system's source of randomness.
    package static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        return random(using: &generator)
    }
}
