/// All of a line that is not values: what stands before, between and behind them.
///
///     {"order_id":"a1","price":19.90}
///     ~~~~~~~~~~~~    ~~~~~~~~~     ~      three pieces, two values
///
/// Lines that one program writes nearly always have the shape of the line before. Where the pieces are the same and
/// the values are JSON values, the line is a record with the same keys, and nothing else has to be looked at.
struct LineShape: ~Copyable {
    private struct Piece {
        /// Where the piece ends in `text`; it begins where the one before ends.
        var end: Int
        /// The key, from the beginning of the piece.
        var key: Range<Int>
        var keyHasEscapes: Bool
    }

    /// The pieces, one behind the other.
    private var text: [UInt8] = []
    private var pieces: [Piece] = []

    /// True when the fields have the keys of the line that is remembered, spelled alike and in the same order.
    func hasKeys(of fields: [RecordView.Field], in bytes: UnsafeRawBufferPointer) -> Bool {
        guard !pieces.isEmpty, fields.count == pieces.count - 1 else { return false }
        var start = 0
        for (field, piece) in zip(fields, pieces) {
            let key = text[start + piece.key.lowerBound..<start + piece.key.upperBound]
            if !key.elementsEqual(bytes[field.key]) { return false }
            start = piece.end
        }
        return true
    }

    /// Takes over the shape of a line that was found to be a record.
    mutating func remember(_ fields: [RecordView.Field], in bytes: UnsafeRawBufferPointer) {
        text.removeAll(keepingCapacity: true)
        pieces.removeAll(keepingCapacity: true)
        var start = 0
        for field in fields {
            let quote = field.kind.isString ? 1 : 0
            text.append(contentsOf: bytes[start..<field.value.lowerBound - quote])
            pieces.append(
                Piece(
                    end: text.count, key: field.key.lowerBound - start..<field.key.upperBound - start,
                    keyHasEscapes: field.keyHasEscapes))
            start = field.value.upperBound + quote
        }
        text.append(contentsOf: bytes[start...])
        pieces.append(Piece(end: text.count, key: 0..<0, keyHasEscapes: false))
    }

    /// Reads a line of the remembered shape; `fields` are then its fields. False for any other line, with `fields` in
    /// disorder.
    func read(_ bytes: UnsafeRawBufferPointer, into fields: inout [RecordView.Field]) -> Bool {
        guard fields.count == pieces.count - 1 else { return false }
        return text.withUnsafeBytes { text in
            pieces.withUnsafeBufferPointer { pieces in
                fields.withUnsafeMutableBufferPointer { fields in
                    Self.read(bytes, text, pieces, fields)
                }
            }
        }
    }

    private static func read(
        _ bytes: UnsafeRawBufferPointer, _ text: UnsafeRawBufferPointer, _ pieces: UnsafeBufferPointer<Piece>,
        _ fields: UnsafeMutableBufferPointer<RecordView.Field>
    ) -> Bool {
        var position = 0
        var start = 0
        for number in fields.indices {
            let piece = pieces[number]
            let length = piece.end - start
            guard isEqual(bytes, at: position, text, at: start, length) else { return false }
            let key = position + piece.key.lowerBound..<position + piece.key.upperBound
            start = piece.end
            position += length
            let valueStart = position
            guard let kind = ValueScan.skip(bytes, &position) else { return false }
            let isString = kind == .string || kind == .escapedString
            let value = isString ? valueStart + 1..<position - 1 : valueStart..<position
            fields[number] = RecordView.Field(key: key, keyHasEscapes: piece.keyHasEscapes, value: value, kind: kind)
        }
        let rest = text.count - start
        return bytes.count - position == rest && isEqual(bytes, at: position, text, at: start, rest)
    }

    @inline(__always)
    private static func isEqual(
        _ left: UnsafeRawBufferPointer, at leftStart: Int, _ right: UnsafeRawBufferPointer, at rightStart: Int,
        _ count: Int
    ) -> Bool {
        guard left.count - leftStart >= count, let leftBase = left.baseAddress, let rightBase = right.baseAddress else {
            return false
        }
        let leftBytes = leftBase + leftStart
        let rightBytes = rightBase + rightStart
        if count >= 8 {
            // The last eight bytes may overlap the eight before.
            var offset = 0
            while offset < count {
                let place = min(offset, count - 8)
                let word = leftBytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                if word != rightBytes.loadUnaligned(fromByteOffset: place, as: UInt64.self) { return false }
                offset += 8
            }
            return true
        }
        for offset in 0..<count
        where leftBytes.load(fromByteOffset: offset, as: UInt8.self)
            != rightBytes.load(fromByteOffset: offset, as: UInt8.self)
        {
            return false
        }
        return true
    }
}

/// Steps over the values that most records have, quickly, and leaves the others to `JSONScanner`.
enum ValueScan {
    /// The kind of the value at `position`, which moves behind it; nil when there is no JSON value.
    @inline(__always)
    static func skip(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) -> JSONKind? {
        guard position < bytes.count else { return nil }
        switch bytes[position] {
        case 0x22: return skipString(bytes, &position)
        case 0x2D, 0x30...0x39: return skipNumber(bytes, &position)
        case 0x6E: return skipWord(0x6C6C_756E, 4, bytes, &position, .null)
        case 0x74: return skipWord(0x6575_7274, 4, bytes, &position, .true)
        default: return skipAny(bytes, &position)
        }
    }

    private static func skipAny(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) -> JSONKind? {
        var scanner = JSONScanner(bytes)
        scanner.position = position
        guard let kind = try? scanner.skipValue(depth: 2) else { return nil }
        position = scanner.position
        return kind
    }

    @inline(__always)
    private static func skipWord(
        _ word: UInt32, _ length: Int, _ bytes: UnsafeRawBufferPointer, _ position: inout Int, _ kind: JSONKind
    ) -> JSONKind? {
        guard bytes.count - position >= length,
            bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self) == word
        else { return nil }
        position += length
        return kind
    }

    @inline(__always)
    private static func skipString(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) -> JSONKind? {
        let start = position
        var place = position + 1
        while true {
            // Sixteen bytes take half the time that twice eight take (ids of 32 characters: 0.06 s of 0.11 s for a
            // million lines of order items).
            while place + 16 <= bytes.count {
                let offset = JSONScanner.firstStop(bytes.loadUnaligned(fromByteOffset: place, as: SIMD16<Int8>.self))
                place += offset
                if offset < 16 { break }
            }
            var marks: UInt64 = 0
            while place + 8 <= bytes.count {
                marks = JSONScanner.stopMarks(bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
                if marks != 0 { break }
                place += 8
            }
            if marks != 0 {
                // The lowest mark is exact, see `stopMarks`.
                place += marks.trailingZeroBitCount / 8
            } else {
                while place < bytes.count, isPlain(bytes[place]) { place += 1 }
                guard place < bytes.count else { return nil }
            }
            let byte = bytes[place]
            if byte == 0x22 {
                position = place + 1
                return .string
            }
            if byte < 0x80 {
                position = start
                return skipAny(bytes, &position)
            }
            let length = UTF8Check.sequenceLength(bytes, at: place)
            if length == 0 { return nil }
            place += length
        }
    }

    @inline(__always) private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x80 && byte != 0x22 && byte != 0x5C
    }

    @inline(__always)
    private static func skipNumber(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) -> JSONKind? {
        var place = position
        if bytes[place] == 0x2D { place += 1 }
        let whole = place
        while place < bytes.count, bytes[place] &- 0x30 < 10 { place += 1 }
        let isPadded = place - whole > 1 && bytes[whole] == 0x30
        if place == whole || isPadded { return nil }
        guard place < bytes.count else {
            position = place
            return .number
        }
        if bytes[place] == 0x2E {
            let point = place
            place += 1
            while place < bytes.count, bytes[place] &- 0x30 < 10 { place += 1 }
            if place == point + 1 { return nil }
        }
        if place < bytes.count, bytes[place] | 0x20 == 0x65 { return skipAny(bytes, &position) }
        position = place
        return .number
    }
}
