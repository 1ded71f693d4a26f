import Bytes
import StageKit

/// A path in the lake with fields of a manifest line in it: `raw/{dataset}/{yyyy}/{mm}/{dd}/{stem}.{delivery}.{ext}`.
struct PathTemplate: Equatable {
    enum Piece: Equatable {
        case text(String)
        case field(String)
    }

    /// What may stand in braces.
    static let fields = [
        "dataset", "delivery", "key", "key8", "yyyy", "mm", "dd", "name", "stem", "ext", "sha256", "n",
    ]
    static let raw = "raw/{dataset}/{yyyy}/{mm}/{dd}/{stem}.{delivery}.{ext}"
    static let processed = "processed/{dataset}/{delivery}-{key8}/part-{n}.parquet"

    let text: String
    private let pieces: [Piece]

    /// An unknown field or a brace without its partner is a usage error.
    init(_ text: String) throws(StageFailure) {
        var pieces: [Piece] = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            guard let close = rest[open...].firstIndex(of: "}") else {
                throw .usage("\(text): a { without its }")
            }
            if open > rest.startIndex { pieces.append(.text(String(rest[..<open]))) }
            let field = String(rest[rest.index(after: open)..<close])
            guard Self.fields.contains(field) else {
                throw .usage("\(text): unknown field {\(field)}; there are \(Self.fields.joined(separator: ", "))")
            }
            pieces.append(.field(field))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { pieces.append(.text(String(rest))) }
        self.text = text
        self.pieces = pieces
    }

    /// The path for one file. Values are made safe for a name; a field that is empty takes the dot before it along,
    /// so that a file without an extension ends in no dot. A field without a value here is a usage error.
    func fill(_ values: [String: String]) throws(StageFailure) -> String {
        var path = ""
        for piece in pieces {
            switch piece {
            case .text(let text): path += text
            case .field(let field):
                guard let value = values[field] else {
                    throw .usage("\(text): {\(field)} has no value here")
                }
                if value.isEmpty {
                    if path.hasSuffix(".") { path.removeLast() }
                } else {
                    path += SafeName.make(value)
                }
            }
        }
        return path
    }

    /// Fields of a file's name. The stem leaves room for a delivery and the extension in 255 bytes.
    static func nameFields(of name: String, fallbackExtension: String = "") -> [String: String] {
        let (stem, found) = SafeName.split(name)
        let fileExtension = found.isEmpty ? fallbackExtension : found
        let room = 255 - 1 - 16 - 1 - SafeName.extensionByteLimit
        return [
            "name": name, "stem": SafeName.shorten(SafeName.make(stem), byteLimit: room), "ext": fileExtension,
        ]
    }

    /// Fields of a date.
    static func dateFields(of time: UTCTime) -> [String: String] {
        let text = time.text.utf8
        func slice(_ start: Int, _ count: Int) -> String { String(text.dropFirst(start).prefix(count)) ?? "" }
        return ["yyyy": slice(0, 4), "mm": slice(5, 2), "dd": slice(8, 2)]
    }
}
