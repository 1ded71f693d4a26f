internal import Bytes
internal import NDJSON

/// Reads a reject stream as the rows that were refused, with where they came from, so that they can be tried again
/// after the contract or the rows were corrected. A line that was no record is given as it was.
///
/// Values that the stream hides, and lines of which it has only the beginning, cannot come back.
final class RejectedRows: ByteSource {
    let path: String
    private var reader: LineReader
    private var pending: [UInt8] = []
    private var next = 0

    init(_ source: any ByteSource, lineLimit: Int) {
        path = source.path
        reader = LineReader(source, lineLimit: lineLimit)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(IOError) -> Int {
        if next == pending.count {
            pending.removeAll(keepingCapacity: true)
            next = 0
            while pending.isEmpty {
                guard let line = try Self.nextLine(&reader) else { return 0 }
                try append(line, number: reader.lineNumber)
            }
        }
        let count = min(buffer.count, pending.count - next)
        pending.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[next..<next + count])) }
        next += count
        return count
    }

    private static func nextLine(_ reader: inout LineReader) throws(IOError) -> [UInt8]? {
        guard let line = try reader.nextLine() else { return nil }
        return line.array
    }

    private func append(_ line: [UInt8], number: Int) throws(IOError) {
        if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return }
        guard let reject = try? JSONValue(parsing: line), reject["reject"] != nil else {
            throw .corrupt(path: "\(path):\(number)", reason: "is no line of a reject stream")
        }
        if let row = reject["row"]?.object {
            var record = row
            for reserved in [RecordLayout.Reserved.sourceFile, .sourceSheet, .sourceRow] {
                let value = reject[reserved.key] ?? .null
                if !value.isNull { record[reserved.key] = value }
            }
            pending += JSONValue.object(record).bytes
        } else if let base64 = reject["raw_base64"]?.string, let bytes = Base64.decode(base64) {
            pending += bytes
        } else if let raw = reject["raw"]?.string {
            pending += Array(raw.utf8)
        } else {
            throw .corrupt(path: "\(path):\(number)", reason: "has neither a row nor a line")
        }
        pending.append(0x0A)
    }
}
