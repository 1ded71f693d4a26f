/// Looks one level into a value that is an object or an array, as places in its bytes: nothing is copied.
package enum JSONWalk {
    /// One element of an array. The range leaves out the quotes of a string.
    package struct Element {
        package let value: Range<Int>
        package let kind: JSONKind
    }

    /// The members of the object that all of `bytes` is.
    package static func members(of bytes: UnsafeRawBufferPointer) throws(JSONError) -> [RecordView.Field] {
        var members: [RecordView.Field] = []
        var scanner = JSONScanner(bytes)
        guard scanner.current == 0x7B else { throw JSONError(.notAnObject, at: 0) }
        try scanner.forEachMember(depth: 2) { (scanner, key, hasEscapes) throws(JSONError) in
            let (value, kind) = try place(&scanner)
            members.append(RecordView.Field(key: key, keyHasEscapes: hasEscapes, value: value, kind: kind))
        }
        return members
    }

    /// The elements of the array that all of `bytes` is.
    package static func elements(of bytes: UnsafeRawBufferPointer) throws(JSONError) -> [Element] {
        var elements: [Element] = []
        var scanner = JSONScanner(bytes)
        guard scanner.current == 0x5B else { throw scanner.failure(.unexpectedByte) }
        scanner.position += 1
        scanner.skipWhiteSpace()
        if scanner.current == 0x5D { return [] }
        while true {
            scanner.skipWhiteSpace()
            let (value, kind) = try place(&scanner)
            elements.append(Element(value: value, kind: kind))
            scanner.skipWhiteSpace()
            switch scanner.current {
            case 0x2C: scanner.position += 1
            case 0x5D: return elements
            default: throw scanner.failure(.unexpectedByte)
            }
        }
    }

    private static func place(_ scanner: inout JSONScanner) throws(JSONError) -> (Range<Int>, JSONKind) {
        let start = scanner.position
        let kind = try scanner.skipValue(depth: 3)
        let quote = kind.isString ? 1 : 0
        return (start + quote..<scanner.position - quote, kind)
    }
}
