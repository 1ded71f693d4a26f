internal import Bytes

/// All contracts of a folder, checked against each other.
package struct ContractDirectory: Sendable {
    /// The ending that makes a file a contract.
    package static let fileSuffix = ".odcs.yaml"
    static let fileLimit = 10_000

    /// By file name.
    package let contracts: [Contract]
    package let routing: SourceRouting

    /// Reads every `*.odcs.yaml` of the folder, not of folders in it.
    /// - Throws: ``ContractError``: that of the first bad file, or what contradicts between the files.
    package static func load(path: String) throws(ContractError) -> ContractDirectory {
        let names: [String]
        do throws(IOError) {
            names = try FileSystem.names(in: path)
        } catch {
            throw .unreadable(error, file: path)
        }
        let files = names.filter { $0.hasSuffix(fileSuffix) && !$0.hasPrefix(".") }.sorted {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
        guard !files.isEmpty else { throw .unreadable(file: path, reason: "there are no *\(fileSuffix) files in it") }
        guard files.count <= fileLimit else {
            throw .unreadable(file: path, reason: "it has more than \(fileLimit) contracts")
        }
        var contracts: [Contract] = []
        for file in files { contracts.append(try Contract.load(path: FileSystem.join(path, file))) }
        return try ContractDirectory(contracts)
    }

    /// - Throws: ``ContractError/invalid(file:findings:)`` for a dataset that two contracts describe, and for a foreign key to nowhere.
    package init(_ contracts: [Contract]) throws(ContractError) {
        self.contracts = contracts
        routing = SourceRouting(contracts)
        var owners: [String: String] = [:]
        for contract in contracts {
            for dataset in contract.datasets {
                guard let other = owners.updateValue(contract.file, forKey: dataset.name.lowercased()) else { continue }
                let finding = dataset.place.finding("\(other) describes the same dataset", "keep one of them")
                throw .invalid(file: contract.file, findings: [finding])
            }
        }
        for contract in contracts {
            var findings: [Finding] = []
            for dataset in contract.datasets {
                for reference in dataset.references { findings += self.findings(reference, of: dataset) }
            }
            if !findings.isEmpty { throw .invalid(file: contract.file, findings: findings) }
        }
    }

    /// The contract and the dataset of that name.
    package func find(dataset name: String) -> (contract: Contract, dataset: Dataset)? {
        for contract in contracts {
            if let dataset = contract.datasets.first(where: { $0.name == name }) { return (contract, dataset) }
        }
        return nil
    }

    /// What is wrong with a foreign key.
    private func findings(_ reference: Reference, of dataset: Dataset) -> [Finding] {
        guard let target = find(dataset: reference.dataset)?.dataset else {
            return [
                reference.place.finding(
                    "there is no dataset \(reference.dataset)", "add its contract or remove the relationship")
            ]
        }
        return zip(reference.fields, reference.columns).compactMap { index, column in
            guard let other = target.index(of: column) else {
                return reference.place.finding("\(target.name) has no column \(column)", "correct the relationship")
            }
            let (left, right) = (dataset.fields[index].type, target.fields[other].type)
            if left == right { return nil }
            return reference.place.finding(
                "\(dataset.fields[index].name) is \(left.contractName) and \(target.name).\(column) \(right.contractName)",
                "give both the same type")
        }
    }
}
