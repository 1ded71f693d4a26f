/// The entries of a `customProperties` list that are ours, found by their name.
struct Extensions {
    private let reader: MappingReader
    private var values: [String: YAMLNode] = [:]

    /// - Parameters:
    ///   - names: ours at this place.
    ///   - misplaced: ours at another place, and which.
    init(_ reader: MappingReader, _ keys: ODCSKeys, names: Set<String>, misplaced: [String: String]) {
        self.reader = reader
        for entry in reader.mappings("customProperties", namedBy: "property", keys: keys.customProperty) {
            guard let name = entry.requiredText("property") else { continue }
            if let place = misplaced[name] {
                entry.report("property", "\(name) has no meaning here", "move it to \(place)")
                continue
            }
            guard names.contains(name) else {
                warnOfTypo(entry, name, names)
                continue
            }
            guard let value = entry["value"] else {
                entry.report("value", "is missing", "add it")
                continue
            }
            if values.updateValue(value, forKey: name) != nil {
                entry.report("property", "\(name) is there twice", "keep one of them")
            }
        }
    }

    private func warnOfTypo(_ entry: MappingReader, _ name: String, _ names: Set<String>) {
        guard let node = entry["property"], let meant = MappingReader.nearest(name, in: names) else { return }
        entry.log.warn(node, entry.path(of: "property"), "\(name) is ignored", "did you mean \(meant)?")
    }

    /// The value as a mapping with these keys.
    func mapping(_ name: String, keys: Set<String>) -> MappingReader? {
        values[name].flatMap { MappingReader($0, reader.path(of: name), keys: keys, reader.log) }
    }

    /// The value as a whole number.
    func whole(_ name: String, _ range: ClosedRange<Int>) -> Int? {
        guard let node = values[name] else { return nil }
        if case .scalar(let text, true) = node.content, let value = Int(text), range.contains(value) { return value }
        reader.log.add(
            node, reader.path(of: name), "is no whole number from \(range.lowerBound) to \(range.upperBound)",
            "write digits without quotes")
        return nil
    }

    func report(_ name: String, _ problem: String, _ remedy: String) {
        reader.log.add(values[name] ?? reader.node, reader.path(of: name), problem, remedy)
    }
}
