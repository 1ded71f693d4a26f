internal import Digests

/// The statements of Snowflake by which roles see tables and do not see values.
///
///     CREATE MASKING POLICY IF NOT EXISTS p AS (val VARCHAR) RETURNS VARCHAR -> CASE WHEN ... THEN val ELSE '***' END
///     ALTER TABLE t MODIFY COLUMN c SET MASKING POLICY p [FORCE]
///     CREATE TAG IF NOT EXISTS n ALLOWED_VALUES 'v', ...
///     ALTER TABLE t MODIFY COLUMN c SET TAG n = 'v'
///     GRANT SELECT ON TABLE t TO ROLE r
///
/// A policy acts when its column is read, so COPY and INSERT write what they have; a role that merges by a masked key must see it.
struct AccessStatements {
    /// By which our own policies are known from those of others.
    static let policyPrefix = "SLUICE_MASK_"
    static let tagName = "CLASSIFICATION"
    static let maskedText = "***"

    let dialect: SQLDialect
    /// Who sees masked values, sorted.
    let unmaskedRoles: [String]

    init(dialect: SQLDialect, unmaskedRoles: some Sequence<String>) {
        self.dialect = dialect
        self.unmaskedRoles = Set(unmaskedRoles.map(SQLDialect.upperCase)).sorted()
    }

    var tag: String { dialect.name(OpsTables.schema, Self.tagName) }

    /// The value or what stands for it. A policy returns the type that it takes: other types than text become NULL.
    private func body(_ type: String) -> String {
        let roles = unmaskedRoles.map { "IS_ROLE_IN_SESSION(\(dialect.literal($0)))" }.joined(separator: " OR ")
        return "CASE WHEN \(roles) THEN val ELSE \(type == "VARCHAR" ? dialect.literal(Self.maskedText) : "NULL") END"
    }

    /// The policy for a type. What it does is part of its name: to let other roles see is another policy.
    func policyName(_ column: TableShape.Column) -> String {
        let type = dialect.type(column.type)
        let word = String(type.map { $0.isLetter || $0.isNumber || $0 == "_" ? $0 : "_" })
        let digest = MessageDigest.hex(.sha256, of: body(type)).prefix(8).uppercased()
        return "\(Self.policyPrefix)\(word.trimmingSuffix("_"))_\(digest)"
    }

    func policy(_ column: TableShape.Column) -> String { dialect.name(OpsTables.schema, policyName(column)) }

    func policyCreation(_ column: TableShape.Column) -> String {
        let type = dialect.type(column.type)
        return
            "CREATE MASKING POLICY IF NOT EXISTS \(policy(column)) AS (val \(type)) RETURNS \(type) -> \(body(type)) "
            + "COMMENT = 'Hides confidential and restricted columns, as the contracts classify them.'"
    }

    func masking(_ column: TableShape.Column, of table: TableShape, replaces: Bool) -> String {
        "\(change(column, of: table)) SET MASKING POLICY \(policy(column))\(replaces ? " FORCE" : "")"
    }

    func unmasking(_ column: String, of table: TableShape) -> String {
        "ALTER TABLE \(dialect.name(table)) MODIFY COLUMN \(dialect.identifier(column)) UNSET MASKING POLICY"
    }

    var tagCreation: String {
        "CREATE TAG IF NOT EXISTS \(tag) ALLOWED_VALUES \(dialect.list(Classification.names)) "
            + "COMMENT = 'How open a column is, as its contract says.'"
    }

    func tagging(_ column: AccessRules.ClassifiedColumn, of table: TableShape) -> String {
        "\(change(column.column, of: table)) SET TAG \(tag) = \(dialect.literal(column.classification.rawValue))"
    }

    /// The table, and the schema without which its name leads nowhere.
    func grants(_ grant: AccessRules.Grant, on table: TableShape) -> [String] {
        let role = dialect.identifier(grant.role)
        return [
            "GRANT USAGE ON SCHEMA \(dialect.catalog).\(dialect.identifier(table.schema)) TO ROLE \(role)",
            "GRANT \(grant.privileges.joined(separator: ", ")) ON TABLE \(dialect.name(table)) TO ROLE \(role)",
        ]
    }

    /// What tells how a table is: its grants, its policies, its tags, in this order.
    func queries(_ table: TableShape) -> [String] {
        let name = dialect.literal(dialect.name(table))
        let functions = "\(dialect.catalog).INFORMATION_SCHEMA"
        return [
            "SHOW GRANTS ON TABLE \(dialect.name(table))",
            """
            SELECT ref_column_name AS name, policy_name AS value FROM TABLE(\(functions).POLICY_REFERENCES(\
            REF_ENTITY_NAME => \(name), REF_ENTITY_DOMAIN => 'TABLE')) WHERE policy_kind = 'MASKING_POLICY'
            """,
            """
            SELECT column_name AS name, tag_value AS value FROM TABLE(\(functions).TAG_REFERENCES_ALL_COLUMNS(\
            \(name), 'TABLE')) WHERE tag_schema = 'OPS' AND tag_name = '\(Self.tagName)' AND column_name IS NOT NULL
            """,
        ]
    }

    private func change(_ column: TableShape.Column, of table: TableShape) -> String {
        "ALTER TABLE \(dialect.name(table)) MODIFY COLUMN \(dialect.identifier(column.name))"
    }
}

extension String {
    fileprivate func trimmingSuffix(_ character: Character) -> Substring {
        var rest = self[...]
        while rest.last == character { rest.removeLast() }
        return rest
    }
}
