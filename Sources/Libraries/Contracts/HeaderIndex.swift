internal import Text

/// Finds the field that an incoming column name means.
///
/// First the name itself, then the aliases, each exactly (composed and decomposed letters are equal); then names and aliases
/// under the contract's `headerMatch`. Build it once, and look each distinct name up once.
package struct HeaderIndex: Sendable {
    private let exact: [String: Int]
    private let folded: [String: Int]
    private let match: HeaderMatch

    package init(_ dataset: Dataset) {
        var exact: [String: Int] = [:]
        var folded: [String: Int] = [:]
        match = dataset.rows.headerMatch
        // All names before all aliases: a name is never taken by another field's alias.
        for (index, field) in dataset.fields.enumerated() { exact[field.name] = index }
        for (index, field) in dataset.fields.enumerated() {
            for alias in field.cleaning.aliases where exact[alias] == nil { exact[alias] = index }
        }
        for (index, field) in dataset.fields.enumerated() {
            folded[HeaderIndex.fold(field.name, match)] = index
        }
        for (index, field) in dataset.fields.enumerated() {
            for alias in field.cleaning.aliases where folded[HeaderIndex.fold(alias, match)] == nil {
                folded[HeaderIndex.fold(alias, match)] = index
            }
        }
        self.exact = exact
        self.folded = folded
    }

    /// The index of the field, or nil for a column that the contract does not know.
    package func field(for header: String) -> Int? {
        if let index = exact[header] { return index }
        guard match != .exact else { return nil }
        return folded[HeaderIndex.fold(header, match)]
    }

    static func fold(_ name: String, _ match: HeaderMatch) -> String {
        switch match {
        case .exact: name
        case .caseInsensitive: name.lowercased()
        case .snake: snake(name)
        }
    }

    /// Lower case, with every run of characters other than letters and digits as one `_`, and none at the ends. Characters
    /// that are forms of others, as `²`, `ﬁ` and full-width letters are, count as those (Unicode's form NFKC).
    package static func snake(_ name: String) -> String {
        var result = ""
        var isGapPending = false
        for character in Normalization.form(.nfkc, of: name).lowercased() {
            guard character.isLetter || character.isNumber else {
                isGapPending = !result.isEmpty
                continue
            }
            if isGapPending { result.append("_") }
            isGapPending = false
            result.append(character)
        }
        return result
    }
}
