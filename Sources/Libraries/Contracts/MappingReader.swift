/// One mapping of the file while it is read: hands out typed values, and reports every fault to the log with its place.
///
/// A value that is absent is nil; one that is wrong is reported and then nil too, so that reading goes on to the next fault.
struct MappingReader {
    let node: YAMLNode
    let path: String
    let entries: [YAMLNode.Entry]
    let log: FindingLog
    private let values: [String: YAMLNode]

    /// - Parameter keys: the keys there may be; any other is a fault. Nil lets every key pass.
    init?(_ node: YAMLNode, _ path: String, keys: Set<String>?, _ log: FindingLog) {
        guard case .mapping(let entries) = node.content else {
            log.add(node, path, "is \(node.kind), not a mapping", "write key: value pairs")
            return nil
        }
        self.node = node
        self.path = path
        self.entries = entries
        self.log = log
        var values: [String: YAMLNode] = [:]
        for entry in entries {
            guard case .scalar(let key, _) = entry.key.content else { continue }
            values[key] = entry.value
            guard let keys, !keys.contains(key) else { continue }
            log.add(
                entry.key, MappingReader.join(path, key), "there is no such key",
                MappingReader.nearest(key, in: keys).map { "did you mean \($0)?" }
                    ?? "the keys here are \(keys.sorted().joined(separator: ", "))")
        }
        self.values = values
    }

    static func join(_ path: String, _ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    func path(of key: String) -> String { MappingReader.join(path, key) }

    subscript(_ key: String) -> YAMLNode? { values[key] }

    func report(_ key: String, _ problem: String, _ remedy: String) {
        log.add(values[key] ?? node, path(of: key), problem, remedy)
    }

    // MARK: - Single values

    func text(_ key: String) -> String? {
        values[key].flatMap { MappingReader.text($0, path(of: key), log) }
    }

    func requiredText(_ key: String) -> String? {
        guard values[key] != nil else {
            log.add(node, path(of: key), "is missing", "add it")
            return nil
        }
        guard let text = text(key) else { return nil }
        if text.isEmpty { report(key, "is empty", "give it a value") }
        return text.isEmpty ? nil : text
    }

    func flag(_ key: String) -> Bool? {
        guard let node = values[key] else { return nil }
        if case .scalar("true", true) = node.content { return true }
        if case .scalar("false", true) = node.content { return false }
        log.add(node, path(of: key), "is no boolean", "write true or false, without quotes")
        return nil
    }

    func whole(_ key: String, _ range: ClosedRange<Int>) -> Int? {
        guard let node = values[key] else { return nil }
        if case .scalar(let text, true) = node.content, let value = Int(text), range.contains(value) { return value }
        let limits =
            range.upperBound == .max ? "from \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
        log.add(node, path(of: key), "is no whole number \(limits)", "write digits without quotes")
        return nil
    }

    /// The text of a number, so that decimals stay exact.
    func number(_ key: String) -> String? {
        guard let node = values[key] else { return nil }
        if case .scalar(let text, true) = node.content, CanonicalText.isNumber(text) { return text }
        log.add(node, path(of: key), "is no number", "write digits, with a point for decimals and without quotes")
        return nil
    }

    func choice<Value>(_ key: String, _ choices: KeyValuePairs<String, Value>) -> Value? {
        guard let text = text(key) else { return nil }
        if let found = choices.first(where: { $0.key == text }) { return found.value }
        report(key, "\(text) is none of the choices", "write \(choices.map(\.key).joined(separator: ", "))")
        return nil
    }

    // MARK: - Lists and mappings

    /// The nodes of a list; a fault if the value is no list.
    func list(_ key: String) -> [YAMLNode]? {
        guard let node = values[key] else { return nil }
        if case .sequence(let items) = node.content { return items }
        log.add(node, path(of: key), "is \(node.kind), not a list", "write [a, b] or one - per line")
        return nil
    }

    /// A list of different texts.
    func texts(_ key: String, isEmptyAllowed: Bool = false) -> [String]? {
        guard let items = list(key) else { return nil }
        if items.isEmpty && !isEmptyAllowed { report(key, "is empty", "name at least one, or remove the key") }
        var seen: Set<String> = []
        var result: [String] = []
        for (index, item) in items.enumerated() {
            guard let text = MappingReader.text(item, "\(path(of: key))[\(index)]", log) else { continue }
            if text.isEmpty && !isEmptyAllowed {
                log.add(item, "\(path(of: key))[\(index)]", "is empty", "give it a value")
            } else if seen.insert(text).inserted {
                result.append(text)
            } else {
                log.add(item, "\(path(of: key))[\(index)]", "\(text) is there twice", "keep one of them")
            }
        }
        return result
    }

    func mapping(_ key: String, keys: Set<String>?) -> MappingReader? {
        values[key].flatMap { MappingReader($0, path(of: key), keys: keys, log) }
    }

    /// The mappings of a list, each with the path `path.key[name]`, where its name is the value of `nameKey`, or its position.
    func mappings(_ key: String, namedBy nameKey: String, keys: Set<String>?) -> [MappingReader] {
        (list(key) ?? []).enumerated().compactMap { index, item in
            var label = String(index)
            if case .mapping(let entries) = item.content {
                for entry in entries {
                    guard case .scalar(nameKey, _) = entry.key.content, case .scalar(let name, _) = entry.value.content
                    else { continue }
                    label = name
                }
            }
            return MappingReader(item, "\(path(of: key))[\(label)]", keys: keys, log)
        }
    }

    /// A text; a plain scalar that other YAML readers would not take for one must be quoted.
    static func text(_ node: YAMLNode, _ path: String, _ log: FindingLog) -> String? {
        guard case .scalar(let text, let isPlain) = node.content else {
            log.add(node, path, "is \(node.kind), not a text", "write a single value")
            return nil
        }
        if isPlain, let type = YAMLNode.foreignType(ofPlain: text) {
            let shown = text.isEmpty ? "nothing" : text
            log.add(node, path, "\(shown) is read as \(type) by YAML tools, not as a text", "put it in quotes")
            return nil
        }
        return refusesVariable(text, node, path, log) ? nil : text
    }

    /// Whether a text holds a variable where there may be none; reported then.
    static func refusesVariable(_ text: String, _ node: YAMLNode, _ path: String, _ log: FindingLog) -> Bool {
        guard log.refusesVariables, let reference = VariableReference.first(in: text) else { return false }
        log.add(
            node, path, "\(reference) stands for a variable, which programs do not look up", "write the value itself")
        return true
    }

    /// A text for people, in which variables stay as they are.
    func prose(_ key: String) -> String? {
        let isRefusing = log.refusesVariables
        log.refusesVariables = false
        defer { log.refusesVariables = isRefusing }
        return text(key)
    }

    /// The known key that a typo was probably meant to be: at most two edits away.
    static func nearest(_ key: String, in keys: Set<String>) -> String? {
        guard key.utf8.count <= 64 else { return nil }
        let candidates = keys.map { ($0, distance(Array(key.lowercased().utf8), Array($0.lowercased().utf8))) }
        guard let best = candidates.min(by: { ($0.1, $0.0) < ($1.1, $1.0) }), best.1 <= 2 else { return nil }
        return best.0
    }

    /// Levenshtein distance.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (index, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for other in right.indices {
                let change = diagonal + (byte == right[other] ? 0 : 1)
                diagonal = row[other + 1]
                row[other + 1] = min(change, diagonal + 1, row[other] + 1)
            }
        }
        return row[right.count]
    }
}
