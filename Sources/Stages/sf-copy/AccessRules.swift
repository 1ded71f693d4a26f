internal import Contracts

/// How open the values of a column are: the `classification` of a contract's property.
enum Classification: String, CaseIterable {
    case `public`
    case `internal`
    case confidential
    case restricted

    /// Whether only some roles may see the values.
    var isMasked: Bool { self == .confidential || self == .restricted }

    static let names = allCases.map(\.rawValue)
}

/// What a role of the contract may do: the words of its `access`.
enum AccessWord: String, CaseIterable {
    /// Sees the rows, and of masked columns that there is something.
    case read
    /// Changes rows, for which it must see them as they are.
    case write
    /// Sees masked values as they are.
    case unmask

    var privileges: [String] { self == .write ? ["SELECT", "INSERT", "UPDATE", "DELETE"] : ["SELECT"] }
    var isUnmasked: Bool { self != .read }
}

/// Who may see what of a landing table, as its contract says.
///
///     roles: [{role: ANALYST, access: read}, {role: FRAUD, access: "read, unmask"}]
///     properties: [{name: city, classification: confidential}]
///
/// OPS tables and what a load stages are nobody's but the loader's: they hold raw values.
struct AccessRules {
    struct Grant: Equatable {
        let role: String
        let privileges: [String]
    }

    struct ClassifiedColumn: Equatable {
        let column: TableShape.Column
        let classification: Classification
    }

    let table: TableShape
    private(set) var grants: [Grant] = []
    /// Roles of the contract that see masked values.
    private(set) var unmaskedRoles: [String] = []
    private(set) var columns: [ClassifiedColumn] = []
    /// Classifications that are not known: the values could not be protected as meant.
    private(set) var problems: [String] = []
    /// Roles that get nothing, because what they shall get is not known.
    private(set) var warnings: [String] = []

    init(table: TableShape, dataset: Dataset, roles: [Role]) {
        self.table = table
        for role in roles { add(role) }
        for field in dataset.fields {
            guard let text = field.classification, let column = table.columns.first(where: { $0.name == field.name })
            else { continue }
            if let classification = Classification(rawValue: text.lowercased()) {
                columns.append(ClassifiedColumn(column: column, classification: classification))
            } else {
                problems.append(
                    "\(table.shortName).\(field.name): classification \(text) is none of "
                        + Classification.names.joined(separator: ", "))
            }
        }
    }

    var isEmpty: Bool { grants.isEmpty && columns.isEmpty && problems.isEmpty && warnings.isEmpty }

    private mutating func add(_ role: Role) {
        let texts = (role.access ?? AccessWord.read.rawValue).lowercased().split { $0 == "," || $0 == " " }
        let words = texts.compactMap { AccessWord(rawValue: String($0)) }
        guard words.count == texts.count, !words.isEmpty else {
            warnings.append(
                "\(table.shortName): role \(role.name) gets nothing: its access \(role.access ?? "") is none of "
                    + AccessWord.allCases.map(\.rawValue).joined(separator: ", "))
            return
        }
        let privileges = words.contains(.write) ? AccessWord.write.privileges : AccessWord.read.privileges
        grants.append(Grant(role: role.name, privileges: privileges))
        if words.contains(where: \.isUnmasked) { unmaskedRoles.append(role.name) }
    }
}
