import Bytes
import NDJSON

/// What a store keeps beside a content, where it can: a type, and names with texts.
struct LakeAttributes: Equatable, Sendable {
    /// Metadata of one file, names included, may have 8 KiB together; longer values are cut.
    static let valueByteLimit = 1024
    /// What of that is left for names and values that a person gives.
    static let givenByteLimit = 4 << 10

    /// Nil is by the name's extension.
    var contentType: String?
    /// Names are lower-case letters and digits: others are signed in an order of the service's own.
    private(set) var metadata: [String: String] = [:]

    init(contentType: String? = nil, metadata: [String: String] = [:]) {
        self.contentType = contentType
        for (name, value) in metadata { self[name] = value }
    }

    /// Values become visible ASCII, as headers need it.
    subscript(name: String) -> String? {
        get { metadata[name] }
        set { metadata[name] = newValue.flatMap { $0.isEmpty ? nil : Self.headerText($0) } }
    }

    /// These attributes with those of another in addition; the other's win.
    func adding(_ other: LakeAttributes) -> LakeAttributes {
        var result = self
        result.contentType = other.contentType ?? contentType
        result.metadata.merge(other.metadata) { $1 }
        return result
    }

    /// The type for a name.
    func contentType(for path: String) -> String { contentType ?? Self.contentType(of: path) }

    /// True for what may name a value.
    static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, (0x61...0x7A).contains(first) else { return false }
        return name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
    }

    /// A text whose bytes are all visible ASCII: others, and the percent sign, are percent-encoded.
    static func headerText(_ text: String) -> String {
        var output = ""
        for scalar in text.unicodeScalars {
            let isPlain = scalar.isASCII && (0x21...0x7E).contains(scalar.value) && scalar != "%"
            let part = isPlain ? String(scalar) : PercentEncoding.encode(String(scalar))
            guard output.utf8.count + part.utf8.count <= valueByteLimit else { break }
            output += part
        }
        return output
    }

    private static func contentType(of path: String) -> String {
        let name = FileSystem.name(of: path)
        return switch SafeName.split(name).fileExtension.lowercased() {
        case "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        case "xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12"
        case "xls": "application/vnd.ms-excel"
        case "parquet": "application/vnd.apache.parquet"
        case "json": "application/json"
        case "ndjson": "application/x-ndjson"
        case "csv": "text/csv"
        case "txt", "log": "text/plain; charset=utf-8"
        case "gz": "application/gzip"
        case "zst": "application/zstd"
        default: "application/octet-stream"
        }
    }
}

extension LakeAttributes {
    /// Where a delivery's file comes from, as its manifest line says.
    init(lineageOf line: ManifestLine) {
        self.init()
        self["delivery"] = line["delivery"]?.string
        self["dataset"] = line["dataset"]?.string
        for (name, path) in [
            ("root", "file.root"), ("fileid", "file.id"), ("version", "file.version"), ("drivepath", "file.drive_path"),
            ("modified", "file.modified_time"), ("key", "process.key"),
        ] { self[name] = line.find(path)?.string }
    }
}
