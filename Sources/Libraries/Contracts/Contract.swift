/// A data contract: one file of the Open Data Contract Standard (v3.0 to v3.2) with our extensions, checked.
package struct Contract: Sendable {
    /// The name by which errors call the file.
    package let file: String
    /// The bytes that were read and nothing else: their hash identifies the contract in manifests.
    package let bytes: [UInt8]
    /// As in `v3.1.0`.
    package let apiVersion: String
    package let id: String
    package let version: String
    package let name: String?
    package let status: String?
    package let purpose: String?
    /// The schema objects, at least one.
    package let datasets: [Dataset]
    package let serviceLevels: [ServiceLevel]
    package let roles: [Role]
    package let team: Team?
    /// What is allowed and yet probably a mistake.
    package let warnings: [Finding]

    /// The schema object of that name, or the only one.
    /// - Throws: ``ContractError/unknownDataset(file:name:known:)`` when there is none of that name, or several and no name.
    package func dataset(named name: String?) throws(ContractError) -> Dataset {
        let found = name == nil ? (datasets.count == 1 ? datasets.first : nil) : datasets.first { $0.name == name }
        guard let found else { throw .unknownDataset(file: file, name: name, known: datasets.map(\.name)) }
        return found
    }
}

/// An agreed level of service: `latency` of 24 `h` on an element of the data.
package struct ServiceLevel: Equatable, Sendable {
    package let property: String
    package let value: String
    package let unit: String?
    package let element: String?
}

/// Who may read the data in the warehouse.
package struct Role: Equatable, Sendable {
    package let name: String
    package let access: String?
}

/// Who answers for the data.
package struct Team: Equatable, Sendable {
    package let name: String?
    package let members: [TeamMember]
}

package struct TeamMember: Equatable, Sendable {
    package let username: String
    package let role: String?
}
