import Bytes
import NDJSON
import StageKit

/// One line of a manifest: a delivery as far as it has come. Reads what a step needs and leaves the rest untouched.
struct ManifestLine {
    private(set) var document: JSONObject
    /// Where it stands, for messages: `manifest.ndjson:3`.
    let place: String

    init(_ document: JSONValue, place: String) throws(StageFailure) {
        guard let object = document.object else { throw .badData("\(place): not a JSON object") }
        self.document = object
        self.place = place
    }

    var value: JSONValue { .object(document) }

    /// The line as it is stored and printed.
    var bytes: [UInt8] { value.bytes + [0x0A] }

    subscript(key: String) -> JSONValue? {
        get { document[key] }
        set { document[key] = newValue }
    }

    /// The value at a path such as `file.sha256`, or nil.
    func find(_ path: String) -> JSONValue? {
        var value = value
        for key in path.split(separator: ".") {
            guard let next = value[String(key)] else { return nil }
            value = next
        }
        return value
    }

    /// A text that the step cannot do without.
    func text(_ path: String) throws(StageFailure) -> String {
        guard let text = find(path)?.string else { throw .badData("\(place): `\(path)` is missing or no text") }
        return text
    }

    /// A text of so many lower-case hexadecimal digits.
    func hex(_ path: String, digits: Int) throws(StageFailure) -> String {
        let text = try text(path)
        let isHex = text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard text.utf8.count == digits, isHex else {
            throw .badData("\(place): `\(path)` is not \(digits) lower-case hexadecimal digits")
        }
        return text
    }

    var delivery: String { get throws(StageFailure) { try hex("delivery", digits: 16) } }

    var status: String {
        get throws(StageFailure) {
            let status = try text("status")
            guard ["new", "unchanged", "deleted"].contains(status) else {
                throw .badData("\(place): `status` is \(status), not new, unchanged or deleted")
            }
            return status
        }
    }

    /// Sets members of an object inside the line, such as `file`.
    mutating func update(_ key: String, _ values: KeyValuePairs<String, JSONValue>) {
        var object = document[key]?.object ?? JSONObject()
        for (name, value) in values { object[name] = value }
        document[key] = .object(object)
    }
}

extension ManifestLine {
    /// A line stored in the lake: a delivery record, or a processed manifest. It must be of this delivery.
    static func stored(
        at address: LakeAddress, in store: any LakeStore, delivery: String
    ) throws(StageFailure) -> ManifestLine {
        let source = try mapLakeError { () throws(LakeError) in try store.open(address) }
        let bytes: [UInt8]
        do throws(IOError) {
            bytes = try FileSystem.contents(of: source, limit: DocumentLines.lineLimit)
        } catch {
            throw .input(error, of: source)
        }
        let document: JSONValue
        do throws(JSONError) {
            document = try JSONValue(parsing: bytes)
        } catch {
            throw .badData("\(address.url): \(error.message)")
        }
        let line = try ManifestLine(document, place: address.url)
        guard try line.delivery == delivery else {
            throw .badData("\(address.url): it is of delivery \(try line.delivery)")
        }
        return line
    }
}
