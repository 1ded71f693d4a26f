import Bytes
import Contracts
import NDJSON
import Parquet

/// Reads the JSON values of a column of lists or groups and gives every value in them to the buffer of its leaf, with
/// the levels that tell where lists begin and what is absent (parquet-format, "Nested Encoding").
///
/// Everything on the way may be null: a definition level counts what is there, a field and each list one.
struct NestedReader {
    private indirect enum Node {
        case value(CellReader, leaf: Int)
        case list(Node, leaves: Range<Int>, repetition: UInt8)
        case group([(name: String, node: Node)], leaves: Range<Int>)

        var leaves: Range<Int> {
            switch self {
            case .value(_, let leaf): leaf..<leaf + 1
            case .list(_, let leaves, _), .group(_, let leaves): leaves
            }
        }
    }

    private let root: Node

    init(_ shape: ColumnShape) {
        var leaf = 0
        root = Self.node(shape, &leaf, repetition: 0)
    }

    private static func node(_ shape: ColumnShape, _ leaf: inout Int, repetition: UInt8) -> Node {
        let start = leaf
        switch shape {
        case .value(let type):
            leaf += 1
            return .value(CellReader(type: type), leaf: start)
        case .list(let element):
            let node = node(element, &leaf, repetition: repetition + 1)
            return .list(node, leaves: start..<leaf, repetition: repetition + 1)
        case .group(let members):
            let nodes = members.map { ($0.name, node($0.shape, &leaf, repetition: repetition)) }
            return .group(nodes, leaves: start..<leaf)
        }
    }

    /// One entry, or the several of a list, for every leaf. `columns` is the buffer of the first leaf.
    func append(
        _ kind: JSONKind, _ value: Range<Int>, of line: UnsafeRawBufferPointer,
        to columns: UnsafeMutablePointer<ColumnBuffer>, scratch: inout [UInt8]
    ) throws(CellProblem) {
        let place = Place(definition: 0, repetition: 0)
        try append(root, kind, line, value, place, columns, &scratch)
    }

    func appendNull(to columns: UnsafeMutablePointer<ColumnBuffer>) {
        appendNull(root, Place(definition: 0, repetition: 0), columns)
    }

    /// What is there above an entry, and which list it continues.
    private struct Place {
        var definition: UInt8
        var repetition: UInt8
    }

    private func appendNull(_ node: Node, _ place: Place, _ columns: UnsafeMutablePointer<ColumnBuffer>) {
        for leaf in node.leaves {
            columns[leaf].appendNull(definition: place.definition, repetition: place.repetition)
        }
    }

    private func append(
        _ node: Node, _ kind: JSONKind, _ bytes: UnsafeRawBufferPointer, _ value: Range<Int>, _ place: Place,
        _ columns: UnsafeMutablePointer<ColumnBuffer>, _ scratch: inout [UInt8]
    ) throws(CellProblem) {
        if case .null = kind { return appendNull(node, place, columns) }
        let inner = UnsafeRawBufferPointer(rebasing: bytes[value])
        switch node {
        case .value(let reader, let leaf):
            try reader.append(
                kind, value, of: bytes, to: columns + leaf, repetition: place.repetition, scratch: &scratch)
        case .list(let element, _, let repetition):
            guard case .array = kind, let elements = try? JSONWalk.elements(of: inner) else {
                throw .wrongKind(expected: "an array")
            }
            var here = Place(definition: place.definition + 1, repetition: place.repetition)
            if elements.isEmpty { return appendNull(element, here, columns) }
            here.definition += 1
            for item in elements {
                try append(element, item.kind, inner, item.value, here, columns, &scratch)
                here.repetition = repetition
            }
        case .group(let members, _):
            guard case .object = kind, let fields = try? JSONWalk.members(of: inner) else {
                throw .wrongKind(expected: "an object")
            }
            let here = Place(definition: place.definition + 1, repetition: place.repetition)
            var byName: [String: RecordView.Field] = [:]
            for field in fields { byName[RowBinder.name(of: field, in: inner)] = field }
            for member in members {
                if let field = byName.removeValue(forKey: member.name) {
                    try append(member.node, field.kind, inner, field.value, here, columns, &scratch)
                } else {
                    appendNull(member.node, here, columns)
                }
            }
            if let other = byName.keys.min() { throw .unknownMember(other) }
        }
    }
}
