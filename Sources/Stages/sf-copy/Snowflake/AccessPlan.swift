internal import NDJSON

/// What a table's access is now; empty for one that is made anew.
struct AccessState: Equatable {
    /// Privileges by role.
    private(set) var privileges: [String: Set<String>] = [:]
    /// Masking policies by column, and the values of our tag.
    private(set) var policies: [String: String] = [:]
    private(set) var tags: [String: String] = [:]

    init() {}

    /// From the answers to `AccessStatements.queries`.
    init(answers: ArraySlice<[JSONObject]>) {
        let answers = Array(answers)
        guard answers.count == 3 else { return }
        for row in answers[0] {
            guard let role = row["grantee_name"]?.string, let privilege = row["privilege"]?.string else { continue }
            privileges[role, default: []].insert(privilege)
        }
        policies = Self.values(answers[1])
        tags = Self.values(answers[2])
    }

    private static func values(_ rows: [JSONObject]) -> [String: String] {
        let pairs = rows.compactMap { row in
            row["name"]?.string.flatMap { name in row["value"]?.string.map { (name, $0) } }
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }
}

/// What is to be done so that a table's access is as its contract says, and what is otherwise and not ours to change.
struct AccessPlan: Equatable {
    /// Policies and tags: they come before the grants, so that nobody sees what is about to be hidden.
    private(set) var protections: [String] = []
    private(set) var grants: [String] = []
    /// What differs and is changed by --evolve only, each with the statement that mends it.
    private(set) var refusals: [String] = []
    private(set) var warnings: [String] = []

    /// - Parameters:
    ///   - evolves: change what differs.
    ///   - masks: whether policies and tags are wanted at all.
    init(_ rules: AccessRules, _ state: AccessState, _ statements: AccessStatements, evolves: Bool, masks: Bool) {
        if masks {
            for column in rules.columns { tag(column, rules.table, state, statements, evolves: evolves) }
            for column in rules.columns { mask(column, rules.table, state, statements, evolves: evolves) }
        }
        for grant in rules.grants {
            let present = state.privileges[SQLDialect.upperCase(grant.role)] ?? []
            if present.isSuperset(of: grant.privileges) || present.contains("OWNERSHIP") { continue }
            grants += statements.grants(grant, on: rules.table)
        }
        warnings += rules.warnings
    }

    private mutating func tag(
        _ column: AccessRules.ClassifiedColumn, _ table: TableShape, _ state: AccessState,
        _ statements: AccessStatements, evolves: Bool
    ) {
        let present = state.tags[SQLDialect.upperCase(column.column.name)]
        if present == column.classification.rawValue { return }
        let tagging = statements.tagging(column, of: table)
        if let present, !evolves {
            refusals.append(
                "\(table.shortName).\(column.column.name) is tagged \(present), not \(column.classification.rawValue): "
                    + "--evolve, or \(tagging)")
        } else {
            protections += [statements.tagCreation, tagging]
        }
    }

    private mutating func mask(
        _ column: AccessRules.ClassifiedColumn, _ table: TableShape, _ state: AccessState,
        _ statements: AccessStatements, evolves: Bool
    ) {
        let place = "\(table.shortName).\(column.column.name)"
        let present = state.policies[SQLDialect.upperCase(column.column.name)]
        let isOurs = present?.hasPrefix(AccessStatements.policyPrefix) ?? false
        guard column.classification.isMasked else {
            if let present, isOurs {
                warnings.append(
                    "\(place) is \(column.classification.rawValue) and still masked by \(present): "
                        + statements.unmasking(column.column.name, of: table))
            }
            return
        }
        let wanted = statements.policyName(column.column)
        if present == wanted { return }
        if let present, !isOurs {
            warnings.append("\(place) is masked by \(present), which is left as it is")
            return
        }
        let creation = statements.policyCreation(column.column)
        let masking = statements.masking(column.column, of: table, replaces: present != nil)
        if let present, !evolves {
            refusals.append("\(place) is masked by \(present), not \(wanted): --evolve, or \(creation); \(masking)")
        } else {
            protections += [creation, masking]
        }
    }
}
