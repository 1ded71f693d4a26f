/// The fields of one NDJSON line, as places in that line: nothing is copied and nothing is decoded.
///
///     {"order_id":"a1","price":19.90}
///       key 2..<10      kind .string  value 13..<15 (without quotes)
///
/// Reuse one view for all lines: it remembers the shape of the line before, so that a line of the same shape is only
/// compared with it, and keys are checked for repetition only when they change.
package struct RecordView: ~Copyable {
    /// One member of the record. Ranges are bytes of the line; those of strings leave out the quotes.
    package struct Field {
        package let key: Range<Int>
        package let keyHasEscapes: Bool
        package let value: Range<Int>
        package let kind: JSONKind

        /// The value with the quotes of a string.
        @inlinable @inline(__always)
        package var fullValue: Range<Int> {
            kind.isString ? value.lowerBound - 1..<value.upperBound + 1 : value
        }
    }

    package private(set) var fields: [Field] = []
    /// True when this line has the same keys, spelled alike and in the same order, as the line before: what was
    /// looked up by key stays valid.
    package private(set) var keysAreUnchanged = false
    /// True when moreover all that stands between the values is the same, byte for byte.
    package private(set) var layoutIsUnchanged = false

    private var shape = LineShape()

    package init() {}

    /// Reads one line. Leading and trailing white space is fine; anything else around the object is refused.
    package mutating func parse(_ line: RawSpan) throws(JSONError) {
        let result: Result<Void, JSONError> = line.withUnsafeBytes { bytes in
            do throws(JSONError) {
                return .success(try parse(bytes))
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    /// Reads one line from memory that the caller keeps alive and unchanged while it uses the ranges.
    package mutating func parse(_ bytes: UnsafeRawBufferPointer) throws(JSONError) {
        layoutIsUnchanged = shape.read(bytes, into: &fields)
        if layoutIsUnchanged {
            keysAreUnchanged = true
        } else {
            try parseAnew(bytes)
        }
    }

    /// Reads a line of any shape.
    private mutating func parseAnew(_ bytes: UnsafeRawBufferPointer) throws(JSONError) {
        var found = fields
        fields = []
        found.removeAll(keepingCapacity: true)
        defer { fields = found }
        var scanner = JSONScanner(bytes)
        scanner.skipWhiteSpace()
        guard let first = scanner.current else { throw JSONError(.unexpectedEnd, at: scanner.position) }
        guard first == 0x7B else {
            // Say "not an object" only of what is JSON at all.
            _ = try scanner.skipValue()
            throw JSONError(.notAnObject, at: 0)
        }
        try scanner.forEachMember(depth: 1) { (scanner, key, hasEscapes) throws(JSONError) in
            let start = scanner.position
            let kind = try scanner.skipValue(depth: 2)
            let value = kind.isString ? start + 1..<scanner.position - 1 : start..<scanner.position
            guard found.count < KeyCheck.keyLimit else { throw JSONError(.tooManyKeys, at: key.lowerBound) }
            found.append(Field(key: key, keyHasEscapes: hasEscapes, value: value, kind: kind))
        }
        scanner.skipWhiteSpace()
        if scanner.position != bytes.count { throw JSONError(.trailingBytes, at: scanner.position) }
        keysAreUnchanged = shape.hasKeys(of: found, in: bytes)
        if !keysAreUnchanged {
            var check = KeyCheck()
            for field in found { try check.add(field.key, hasEscapes: field.keyHasEscapes, in: bytes) }
        }
        shape.remember(found, in: bytes)
    }
}
