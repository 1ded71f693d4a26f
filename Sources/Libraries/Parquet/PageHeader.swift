/// How values stand in a page (parquet.thrift, Encoding).
enum Encoding: Int {
    case plain = 0
    case runLength = 3
    case deltaBinaryPacked = 5
    case deltaLengthByteArray = 6
    case dictionary = 8
    case byteStreamSplit = 9
}

/// A page as it will stand in the file, and what its header and the indexes say of it.
struct EncodedPage {
    enum Kind {
        case dictionary
        case data
    }

    let kind: Kind
    let encoding: Encoding
    /// The body as stored.
    let body: [UInt8]
    let storedByteCount: Int
    /// Bytes of the body before compression.
    let plainByteCount: Int
    /// CRC-32 of the body as stored.
    let checksum: UInt32
    let entryCount: Int
    var rowCount = 0
    var nullCount = 0
    var nanCount = 0
    var bounds: Bounds?
    /// Bytes of the texts alone, without lengths.
    var textByteCount = 0

    /// parquet.thrift, PageHeader.
    func header() -> [UInt8] {
        var writer = ThriftCompactWriter()
        writer.appendStruct { page in
            page.writeInt32(1, kind == .dictionary ? 2 : 0)
            page.writeInt32(2, plainByteCount)
            page.writeInt32(3, storedByteCount)
            page.writeInt32(4, Int(Int32(bitPattern: checksum)))
            switch kind {
            case .data:
                page.writeStruct(5) { data in
                    data.writeInt32(1, entryCount)
                    data.writeInt32(2, encoding.rawValue)
                    data.writeInt32(3, Encoding.runLength.rawValue)
                    data.writeInt32(4, Encoding.runLength.rawValue)
                }
            case .dictionary:
                page.writeStruct(7) { dictionary in
                    dictionary.writeInt32(1, entryCount)
                    dictionary.writeInt32(2, encoding.rawValue)
                    dictionary.writeBoolean(3, false)
                }
            }
        }
        return writer.bytes
    }
}
