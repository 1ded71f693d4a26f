/// Which dataset a file of the source belongs to, by the globs of the contracts.
package struct SourceRouting: Sendable {
    private struct Rule: Sendable {
        let dataset: String
        let globs: [Glob]
    }

    private let rules: [Rule]

    /// Datasets without source files are never routed to.
    package init(_ contracts: [Contract]) {
        rules = contracts.flatMap(\.datasets).compactMap { dataset in
            dataset.source.map { Rule(dataset: dataset.name, globs: $0.files) }
        }
    }

    /// - Parameter drivePath: relative to the source's root, with "/" between folders.
    package func route(_ drivePath: String) -> Route {
        let found = rules.filter { rule in rule.globs.contains { $0.matches(drivePath) } }.map(\.dataset)
        guard let first = found.first else { return .none }
        return found.count == 1 ? .one(first) : .many(found.sorted())
    }
}

package enum Route: Equatable, Sendable {
    /// No contract: the file stays in raw/ with a warning.
    case none
    case one(String)
    /// More than one: the contracts contradict each other, status 78.
    case many([String])
}
