/// A Snowflake account by its identifier, and the two names that follow from it.
///
///     org-account                      the preferred form; account names may hold `_`
///     locator[.region[.cloud]]         the legacy form
///     either with `.privatelink` behind
package struct SnowflakeAccount: Sendable, Equatable {
    package static let byteLimit = 255

    /// As the user wrote it.
    package let identifier: String

    /// Throws when the text holds anything that no identifier has.
    package init(_ identifier: String) throws(SigningError) {
        let isLegal = identifier.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
        let parts = identifier.split(separator: ".", omittingEmptySubsequences: false)
        guard isLegal, identifier.utf8.count <= Self.byteLimit, !parts.contains("") else {
            throw .badIdentifier(
                reason: "not a Snowflake account identifier: an organization and an account joined by -")
        }
        self.identifier = identifier
    }

    /// The host of the account's services. Underscores become hyphens, which resolves as well and breaks no TLS stack.
    package var host: String {
        let name = identifier.lowercased().replacing("_", with: "-")
        let isChinese = name.split(separator: ".").dropFirst().first?.hasPrefix("cn-") == true
        return "\(name).snowflakecomputing.\(isChinese ? "cn" : "com")"
    }

    /// The account as tokens name it: without region and cloud, upper case, hyphens and underscores kept.
    package var claim: String {
        let parts = identifier.split(separator: ".")
        let first = parts.first ?? ""
        let isGlobal = parts.dropFirst().first?.lowercased() == "global"
        return (isGlobal ? first.prefix { $0 != "-" } : first).uppercased()
    }
}
