package import Bytes
package import NDJSON

/// NDJSON whose lines are small documents: manifests and delivery records. Rows of data are read by `LineReader`.
package enum DocumentLines {
    /// A longer line is no manifest line.
    package static let lineLimit = 1 << 20

    /// Hands out each line as a document with its 1-based number; blank lines are passed over. A line that is no JSON
    /// object is exit 65 and says where.
    package static func forEach(
        of source: any ByteSource, _ body: (Int, JSONValue) throws(StageFailure) -> Void
    ) throws(StageFailure) {
        var reader = LineReader(source, lineLimit: lineLimit)
        while true {
            let document = try next(&reader, path: source.path)
            guard let document else { return }
            if let value = document.value { try body(reader.lineNumber, value) }
        }
    }

    /// The next line: nil at the end, no value for a blank line.
    private static func next(
        _ reader: inout LineReader, path: String
    ) throws(StageFailure) -> (value: JSONValue?, Void)? {
        let parsed: Result<JSONValue?, JSONError>
        do throws(IOError) {
            guard let line = try reader.nextLine() else { return nil }
            parsed = line.withUnsafeBytes { bytes in
                if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }) { return .success(nil) }
                do throws(JSONError) {
                    let value = try JSONValue(parsing: bytes)
                    if value.object == nil { throw JSONError(.notAnObject, at: 0) }
                    return .success(value)
                } catch {
                    return .failure(error)
                }
            }
        } catch {
            throw .input(error)
        }
        do throws(JSONError) {
            return (try parsed.get(), ())
        } catch {
            throw .badData("\(path):\(reader.lineNumber): \(error.message)")
        }
    }
}
