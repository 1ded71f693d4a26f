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
                throw ContractDirectory.invalid(
                    contract, "schema[\(dataset.name)]", "\(other) describes the same dataset", "keep one of them")
            }
        }
        for contract in contracts {
            for dataset in contract.datasets {
                for reference in dataset.references { try check(reference, of: dataset, in: contract) }
            }
        }
    }

    /// The contract and the dataset of that name.
    package func find(dataset name: String) -> (contract: Contract, dataset: Dataset)? {
        for contract in contracts {
            if let dataset = contract.datasets.first(where: { $0.name == name }) { return (contract, dataset) }
        }
        return nil
    }

    private func check(_ reference: Reference, of dataset: Dataset, in contract: Contract) throws(ContractError) {
        let path = "schema[\(dataset.name)].relationships"
        guard let target = find(dataset: reference.dataset)?.dataset else {
            throw ContractDirectory.invalid(
                contract, path, "there is no dataset \(reference.dataset)",
                "add its contract or remove the relationship")
        }
        for (index, column) in zip(reference.fields, reference.columns) {
            guard let other = target.index(of: column) else {
                throw ContractDirectory.invalid(
                    contract, path, "\(target.name) has no column \(column)", "correct the relationship")
            }
            let (left, right) = (dataset.fields[index].type, target.fields[other].type)
            guard left == right else {
                throw ContractDirectory.invalid(
                    contract, path,
                    "\(dataset.fields[index].name) is \(left.contractName) and \(target.name).\(column) \(right.contractName)",
                    "give both the same type")
            }
        }
    }

    private static func invalid(_ contract: Contract, _ path: String, _ problem: String, _ remedy: String)
        -> ContractError
    {
        .invalid(
            file: contract.file, findings: [Finding(line: 1, column: 1, path: path, problem: problem, remedy: remedy)])
    }
}
