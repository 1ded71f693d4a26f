/// What a file states of a column's values in one chunk (parquet.thrift, Statistics).
struct Statistics {
    /// Texts longer than this are cut, so that one long value does not swell the footer.
    static let textLimit = 64

    var nullCount: Int
    /// Nil for other types than double.
    var nanCount: Int?
    var bounds: Bounds?
    let order: ValueOrder

    func write(to writer: inout ThriftCompactWriter) {
        let cut = bounds.flatMap { CutBounds($0, order: order) }
        // The old fields were compared as signed bytes by old readers: right for numbers, wrong for text.
        if let cut, order.hasLegacyStatistics {
            writer.writeBinary(1, cut.maximum)
            writer.writeBinary(2, cut.minimum)
        }
        writer.writeInt64(3, nullCount)
        if let cut {
            writer.writeBinary(5, cut.maximum)
            writer.writeBinary(6, cut.minimum)
            writer.writeBoolean(7, cut.maximumIsExact)
            writer.writeBoolean(8, cut.minimumIsExact)
        }
        if let nanCount { writer.writeInt64(9, nanCount) }
    }
}

extension ValueOrder {
    fileprivate var hasLegacyStatistics: Bool {
        switch self {
        case .boolean, .int32, .int64, .double: true
        case .bytes, .signedBytes: false
        }
    }
}

/// Bounds short enough to be stated: still below and above all values, perhaps no values themselves.
struct CutBounds {
    let minimum: [UInt8]
    let minimumIsExact: Bool
    let maximum: [UInt8]
    let maximumIsExact: Bool

    /// Nil when no short text lies above the maximum.
    init?(_ bounds: Bounds, order: ValueOrder, limit: Int = Statistics.textLimit) {
        let isText = order == .bytes
        minimumIsExact = !isText || bounds.minimum.count <= limit
        maximumIsExact = !isText || bounds.maximum.count <= limit
        minimum = minimumIsExact ? bounds.minimum : Self.prefix(of: bounds.minimum, limit: limit)
        if maximumIsExact {
            maximum = bounds.maximum
        } else {
            guard let raised = Self.raisedPrefix(of: bounds.maximum, limit: limit) else { return nil }
            maximum = raised
        }
    }

    /// The longest prefix within the limit that does not end inside a character.
    static func prefix(of text: [UInt8], limit: Int) -> [UInt8] {
        var end = limit
        while end > 0, text[end] & 0xC0 == 0x80 { end -= 1 }
        return Array(text[..<end])
    }

    /// A short text above all texts that begin like this one: the prefix with its last character raised to the next
    /// one of the same length; where there is none, the character before that.
    static func raisedPrefix(of text: [UInt8], limit: Int) -> [UInt8]? {
        var characters = Array(String(decoding: prefix(of: text, limit: limit), as: UTF8.self).unicodeScalars)
        while let last = characters.popLast() {
            var next = last.value + 1
            if next == 0xD800 { next = 0xE000 }
            guard let raised = Unicode.Scalar(next), UTF8.width(raised) == UTF8.width(last) else { continue }
            var bytes: [UInt8] = []
            for scalar in characters + [raised] { bytes.append(contentsOf: String(scalar).utf8) }
            return bytes
        }
        return nil
    }
}
