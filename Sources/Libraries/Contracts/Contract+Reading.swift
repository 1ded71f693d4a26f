internal import Bytes

extension Contract {
    /// Reads and checks a contract file.
    /// - Throws: ``ContractError``, with everything that is wrong in the file.
    package static func load(path: String) throws(ContractError) -> Contract {
        let bytes: [UInt8]
        do throws(IOError) {
            // One more than the limit, so that the reader says what is wrong.
            bytes = try FileSystem.contents(path, limit: YAMLReader.byteLimit + 1)
        } catch {
            throw .unreadable(error, file: path)
        }
        return try parse(bytes, name: path)
    }

    /// Reads `FILE` or `FILE#dataset`, as `--contract` takes them; without a name the file's only dataset.
    /// - Throws: ``ContractError``.
    package static func load(reference: String) throws(ContractError) -> (contract: Contract, dataset: Dataset) {
        let mark = reference.lastIndex(of: "#")
        let contract = try load(path: mark.map { String(reference[..<$0]) } ?? reference)
        let name = mark.map { String(reference[reference.index(after: $0)...]) }
        return (contract, try contract.dataset(named: name))
    }

    /// Checks the bytes of a contract; `name` is what errors call them.
    /// - Throws: ``ContractError/invalid(file:findings:)``.
    package static func parse(_ bytes: [UInt8], name: String) throws(ContractError) -> Contract {
        let root: YAMLNode
        do throws(Finding) {
            root = try YAMLReader.read(bytes)
        } catch {
            throw .invalid(file: name, findings: [error])
        }
        let log = FindingLog(file: name)
        let contract = ContractReader(root, log)?.contract(file: name, bytes: bytes)
        guard log.errors.isEmpty, let contract else { throw .invalid(file: name, findings: log.orderedErrors) }
        return contract
    }
}

/// Reads the top of a contract; `SchemaReader` and `FieldReader` read the rest.
struct ContractReader {
    private let top: MappingReader
    private let log: FindingLog
    private let keys: ODCSKeys

    init?(_ root: YAMLNode, _ log: FindingLog) {
        // The version comes first: it decides which keys there may be.
        guard let loose = MappingReader(root, "", keys: nil, log), let version = loose.requiredText("apiVersion") else {
            return nil
        }
        guard let minor = ODCSKeys.minorVersions.first(where: { $0.key == version })?.value else {
            loose.report(
                "apiVersion", "\(version) is not known",
                "write one of \(ODCSKeys.minorVersions.map(\.key).joined(separator: ", "))")
            return nil
        }
        keys = ODCSKeys(minor: minor)
        guard let top = MappingReader(root, "", keys: keys.contract, log) else { return nil }
        self.top = top
        self.log = log
    }

    func contract(file: String, bytes: [UInt8]) -> Contract? {
        _ = top.choice("kind", ["DataContract": true])
        if top["kind"] == nil { top.report("kind", "is missing", "add kind: DataContract") }
        if keys.minor < 2 { _ = top.requiredText("status") }
        log.refusesVariables = keys.minor >= 2
        let id = top.requiredText("id")
        let version = top.requiredText("version")
        let datasets = self.datasets()
        let serviceLevels = self.serviceLevels()
        log.refusesVariables = false
        guard let id, let version else { return nil }
        return Contract(
            file: file, bytes: bytes, apiVersion: top.text("apiVersion") ?? "", id: id, version: version,
            name: top.text("name"), status: top.text("status"),
            purpose: top.mapping("description", keys: nil)?.text("purpose"), datasets: datasets,
            serviceLevels: serviceLevels, roles: roles(), team: team(), warnings: log.orderedWarnings)
    }

    private func datasets() -> [Dataset] {
        guard let items = top.list("schema"), !items.isEmpty else {
            if top["schema"] == nil || log.errors.isEmpty {
                top.report("schema", "has no schema object", "describe the dataset's columns there")
            }
            return []
        }
        var names: Set<String> = []
        return top.mappings("schema", namedBy: "name", keys: keys.schemaObject).compactMap { reader in
            guard let dataset = SchemaReader(reader, keys).dataset() else { return nil }
            if !names.insert(dataset.name.lowercased()).inserted {
                reader.report("name", "\(dataset.name) is there twice", "rename one of them")
            }
            return dataset
        }
    }

    private func serviceLevels() -> [ServiceLevel] {
        top.mappings("slaProperties", namedBy: "property", keys: nil).compactMap { reader in
            guard let property = reader.requiredText("property") else { return nil }
            guard let node = reader["value"], case .scalar(let value, _) = node.content else {
                reader.report("value", "is missing", "give the level a single value")
                return nil
            }
            if MappingReader.refusesVariable(value, node, reader.path(of: "value"), log) { return nil }
            return ServiceLevel(
                property: property, value: value, unit: reader.text("unit"), element: reader.text("element"))
        }
    }

    private func roles() -> [Role] {
        top.mappings("roles", namedBy: "role", keys: nil).compactMap { reader in
            reader.requiredText("role").map { Role(name: $0, access: reader.text("access")) }
        }
    }

    /// A mapping with members since v3.1, and a list of members before.
    private func team() -> Team? {
        guard let node = top["team"] else { return nil }
        if case .sequence = node.content { return Team(name: nil, members: members(of: top, "team")) }
        guard let team = top.mapping("team", keys: nil) else { return nil }
        return Team(name: team.text("name"), members: members(of: team, "members"))
    }

    private func members(of reader: MappingReader, _ key: String) -> [TeamMember] {
        reader.mappings(key, namedBy: "username", keys: nil).compactMap { member in
            member.requiredText("username").map { TeamMember(username: $0, role: member.text("role")) }
        }
    }
}
