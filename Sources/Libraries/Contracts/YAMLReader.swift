internal import CYAML

/// Reads one YAML document into a tree that knows its places, by the events of libyaml.
///
/// A contract is written by people and read by many tools, so everything on which tools differ is refused: anchors, aliases,
/// tags, duplicate keys, keys that are no scalars, a second document.
struct YAMLReader {
    /// No contract is near these; a file beyond them is a mistake or an attack.
    static let byteLimit = 1 << 20
    static let depthLimit = 32
    static let nodeLimit = 100_000

    /// - Throws: the first fault, with its place.
    static func read(_ file: [UInt8]) throws(Finding) -> YAMLNode {
        // Editors on Windows put a byte order mark first, which libyaml takes for text when a comment follows.
        let bytes = file.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(file.dropFirst(3)) : file
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            throw fault(0, 0, "the file is UTF-16", "save it as UTF-8")
        }
        guard bytes.count <= byteLimit else {
            throw fault(0, 0, "the file has more than \(byteLimit) bytes", "a contract describes one dataset: split it")
        }
        guard !bytes.isEmpty else { throw fault(0, 0, "the file is empty", "write a contract into it") }
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { parser.deallocate() }
        guard yaml_parser_initialize(parser) == 1 else {
            throw fault(0, 0, "there is no memory to read the file", "free some and try again")
        }
        defer { yaml_parser_delete(parser) }
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        // The parser keeps the pointer, so the whole reading happens while it is valid.
        let result: Result<YAMLNode, Finding> = bytes.withUnsafeBufferPointer { buffer in
            yaml_parser_set_input_string(parser, buffer.baseAddress, buffer.count)
            var builder = YAMLTreeBuilder()
            do throws(Finding) {
                while !builder.isComplete { try step(parser, &builder) }
                return .success(try builder.finish())
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private static func step(
        _ parser: UnsafeMutablePointer<yaml_parser_t>, _ builder: inout YAMLTreeBuilder
    ) throws(Finding) {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else {
            let problem = parser.pointee.problem.map { String(cString: $0) } ?? "it cannot be read"
            let mark = parser.pointee.problem_mark
            throw fault(
                Int(mark.line), Int(mark.column), "this is no YAML: \(problem)",
                "check indentation, quotes and brackets")
        }
        defer { yaml_event_delete(&event) }
        let (line, column) = (Int(event.start_mark.line) + 1, Int(event.start_mark.column) + 1)
        switch event.type {
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            try refuse(anchor: scalar.anchor, tag: scalar.tag, line, column)
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            try builder.scalar(text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE, line, column)
        case YAML_SEQUENCE_START_EVENT:
            try refuse(anchor: event.data.sequence_start.anchor, tag: event.data.sequence_start.tag, line, column)
            try builder.open(isMapping: false, line, column)
        case YAML_MAPPING_START_EVENT:
            try refuse(anchor: event.data.mapping_start.anchor, tag: event.data.mapping_start.tag, line, column)
            try builder.open(isMapping: true, line, column)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
            try builder.close()
        case YAML_ALIAS_EVENT:
            throw Finding(
                line: line, column: column, path: "", problem: "aliases are not allowed in contracts",
                remedy: "write the value out")
        case YAML_DOCUMENT_START_EVENT:
            try builder.openDocument(line, column)
        case YAML_STREAM_END_EVENT:
            builder.isComplete = true
        default:
            break
        }
    }

    private static func refuse(
        anchor: UnsafeMutablePointer<yaml_char_t>?, tag: UnsafeMutablePointer<yaml_char_t>?, _ line: Int, _ column: Int
    ) throws(Finding) {
        if anchor != nil {
            throw Finding(
                line: line, column: column, path: "", problem: "anchors are not allowed in contracts",
                remedy: "write the value out where it is needed")
        }
        if tag != nil {
            throw Finding(
                line: line, column: column, path: "", problem: "tags are not allowed in contracts", remedy: "remove it")
        }
    }

    private static func fault(_ line: Int, _ column: Int, _ problem: String, _ remedy: String) -> Finding {
        Finding(line: line + 1, column: column + 1, path: "", problem: problem, remedy: remedy)
    }
}

/// Puts events together to nodes, without recursion: the depth of the input must not be the depth of our stack.
private struct YAMLTreeBuilder {
    private struct Level {
        let line: Int
        let column: Int
        let isMapping: Bool
        var items: [YAMLNode] = []
        var entries: [YAMLNode.Entry] = []
        var keys: Set<String> = []
        var key: YAMLNode?
    }

    var isComplete = false
    private var levels: [Level] = []
    private var root: YAMLNode?
    private var documentCount = 0
    private var nodeCount = 0

    mutating func openDocument(_ line: Int, _ column: Int) throws(Finding) {
        documentCount += 1
        if documentCount > 1 {
            throw Finding(
                line: line, column: column, path: "", problem: "a second document begins here",
                remedy: "keep one contract per file")
        }
    }

    mutating func scalar(_ text: String, isPlain: Bool, _ line: Int, _ column: Int) throws(Finding) {
        try add(YAMLNode(line: line, column: column, content: .scalar(text, isPlain: isPlain)))
    }

    mutating func open(isMapping: Bool, _ line: Int, _ column: Int) throws(Finding) {
        guard levels.count < YAMLReader.depthLimit else {
            throw Finding(
                line: line, column: column, path: "", problem: "nested deeper than \(YAMLReader.depthLimit) levels",
                remedy: "contracts need far fewer")
        }
        levels.append(Level(line: line, column: column, isMapping: isMapping))
    }

    mutating func close() throws(Finding) {
        guard let level = levels.popLast() else { return }
        let content: YAMLNode.Content = level.isMapping ? .mapping(level.entries) : .sequence(level.items)
        try add(YAMLNode(line: level.line, column: level.column, content: content))
    }

    func finish() throws(Finding) -> YAMLNode {
        guard let root else {
            throw Finding(
                line: 1, column: 1, path: "", problem: "the file is empty", remedy: "write a contract into it")
        }
        return root
    }

    private mutating func add(_ node: YAMLNode) throws(Finding) {
        nodeCount += 1
        guard nodeCount <= YAMLReader.nodeLimit else {
            throw Finding(
                line: node.line, column: node.column, path: "", problem: "more than \(YAMLReader.nodeLimit) values",
                remedy: "split the contract")
        }
        guard var level = levels.popLast() else {
            root = node
            return
        }
        if !level.isMapping {
            level.items.append(node)
        } else if let key = level.key {
            level.entries.append(YAMLNode.Entry(key: key, value: node))
            level.key = nil
        } else {
            guard case .scalar(let name, _) = node.content else {
                throw Finding(
                    line: node.line, column: node.column, path: "",
                    problem: "a key must be a single value, not \(node.kind)",
                    remedy: "write a name")
            }
            guard level.keys.insert(name).inserted else {
                throw Finding(
                    line: node.line, column: node.column, path: "", problem: "the key \(name) is there twice",
                    remedy: "keep one of them")
            }
            level.key = node
        }
        levels.append(level)
    }
}
