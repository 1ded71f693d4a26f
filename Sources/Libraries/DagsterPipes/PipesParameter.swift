internal import Bytes
internal import Compression
package import NDJSON

/// The two values that Dagster hands to a program: `base64(zlib(utf8(JSON object)))`.
///
/// RFC 1950 section 2.2:
///
///     +---+---+=====================+---+---+---+---+
///     |CMF|FLG|...compressed data...|    ADLER32    |
///     +---+---+=====================+---+---+---+---+
package enum PipesParameter {
    /// The environment variable that says where the context is.
    package static let contextName = "DAGSTER_PIPES_CONTEXT"
    /// The environment variable that says where messages go.
    package static let messagesName = "DAGSTER_PIPES_MESSAGES"
    /// A larger value is refused: the context may be inside.
    package static let byteLimit = 64 << 20

    private static let deflateMethod: UInt8 = 8
    private static let dictionaryFlag: UInt8 = 0x20

    /// The object that a value stands for.
    package static func decode(_ text: String, name: String) throws(PipesError) -> JSONObject {
        guard let packed = Base64.decode(text) else { throw .malformed(name: name, reason: "it is no base64") }
        let plain = try inflate(packed, name: name)
        do throws(JSONError) {
            if let object = try JSONValue(parsing: plain).object { return object }
        } catch {
            throw .malformed(name: name, reason: error.message)
        }
        throw .malformed(name: name, reason: "it is no JSON object")
    }

    private static func inflate(_ packed: [UInt8], name: String) throws(PipesError) -> [UInt8] {
        guard packed.count > 6, packed[0] & 0x0F == deflateMethod, packed[1] & dictionaryFlag == 0,
            (UInt16(packed[0]) << 8 | UInt16(packed[1])) % 31 == 0
        else { throw .malformed(name: name, reason: "it is no zlib stream") }
        let source = InflateSource(MemorySource(Array(packed[2..<packed.count - 4]), path: name), container: .raw)
        let plain: [UInt8]
        do throws(IOError) {
            plain = try FileSystem.contents(of: source, limit: byteLimit)
        } catch {
            throw .malformed(name: name, reason: "it is no zlib stream: \(error.message)")
        }
        let expected = packed.suffix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard checksum(plain) == expected else {
            throw .malformed(name: name, reason: "its zlib checksum is wrong")
        }
        return plain
    }

    /// Adler-32 (RFC 1950 section 8.2).
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var low: UInt32 = 1
        var high: UInt32 = 0
        for byte in bytes {
            low = (low + UInt32(byte)) % 65521
            high = (high + low) % 65521
        }
        return high << 16 | low
    }
}
