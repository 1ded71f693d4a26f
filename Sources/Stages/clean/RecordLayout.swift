internal import Bytes
internal import Contracts
internal import NDJSON

/// Which member of a record belongs to which column. Looked up by name only when the keys of the records change, which
/// in a table is once.
struct RecordLayout {
    /// The places that a record has for reserved keys, behind the contract's fields.
    enum Reserved: Int, CaseIterable {
        case extra, sourceFile, sourceSheet, sourceRow, sourceColumns

        var key: String {
            switch self {
            case .extra: ReservedName.extra
            case .sourceFile: ReservedName.sourceFile
            case .sourceSheet: ReservedName.sourceSheet
            case .sourceRow: ReservedName.sourceRow
            case .sourceColumns: ReservedName.sourceColumns
            }
        }
    }

    static let absent = -1
    /// Names are remembered up to this many; a stream of ever new names must not fill the memory.
    private static let rememberedNameLimit = 100_000

    /// For each field of the contract, then for each reserved key: the member's number in the record, or `absent`.
    private(set) var members: [Int]
    /// Members whose names mean a field that another member has taken already.
    private(set) var rivals: [(field: Int, member: Int)] = []
    /// Members that the contract does not know.
    private(set) var unknown: [Int] = []

    private let index: HeaderIndex
    private let fieldCount: Int
    private var places: [[UInt8]: Int] = [:]

    init(_ dataset: Dataset) {
        index = HeaderIndex(dataset)
        fieldCount = dataset.fields.count
        members = Array(repeating: Self.absent, count: fieldCount + Reserved.allCases.count)
        for reserved in Reserved.allCases { places[Array(reserved.key.utf8)] = fieldCount + reserved.rawValue }
    }

    /// The member for a reserved key, or `absent`.
    func member(of reserved: Reserved) -> Int { members[fieldCount + reserved.rawValue] }

    /// Binds the members of a record anew.
    mutating func bind(_ fields: [RecordView.Field], in line: RawSpan) {
        for place in members.indices { members[place] = Self.absent }
        rivals.removeAll(keepingCapacity: true)
        unknown.removeAll(keepingCapacity: true)
        for (member, field) in fields.enumerated() {
            let place = place(of: field, in: line)
            if place == Self.absent {
                unknown.append(member)
            } else if members[place] == Self.absent {
                members[place] = member
            } else {
                rivals.append((place, member))
            }
        }
    }

    private mutating func place(of field: RecordView.Field, in line: RawSpan) -> Int {
        let key = Self.name(of: field, in: line)
        if let known = places[key] { return known }
        let place = index.field(for: String(decoding: key, as: UTF8.self)) ?? Self.absent
        if places.count < Self.rememberedNameLimit { places[key] = place }
        return place
    }

    /// The key of a member without its escapes.
    static func name(of field: RecordView.Field, in line: RawSpan) -> [UInt8] {
        let raw = line.extracting(field.key)
        guard field.keyHasEscapes else { return raw.array }
        var plain: [UInt8] = []
        raw.withUnsafeBytes { JSONText.unescape($0, into: &plain) }
        return plain
    }
}
