/// Reads relationships: foreign keys, as `to: customers.customer_id`.
struct ReferenceReader {
    private let keys: ODCSKeys
    private let columns: ColumnNames
    private let dataset: String

    init(_ keys: ODCSKeys, _ columns: ColumnNames, dataset: String) {
        self.keys = keys
        self.columns = columns
        self.dataset = dataset
    }

    /// Those of the columns, then those of the schema object.
    func references(of schema: MappingReader, _ drafts: [FieldDraft]) -> [Reference] {
        var references: [Reference] = []
        for draft in drafts {
            guard let index = columns.index(of: draft.field.name) else { continue }
            for relationship in relationships(of: draft.reader) {
                guard let target = targets(relationship, "to") else { continue }
                if relationship["from"] != nil {
                    relationship.report("from", "is the property itself", "remove it, or move the relationship up")
                }
                references += reference(relationship, [index], target)
            }
        }
        for relationship in relationships(of: schema) {
            guard let from = targets(relationship, "from"), let to = targets(relationship, "to") else { continue }
            let fields = from.compactMap { place -> Int? in
                guard place.dataset == dataset, let index = columns.index(of: place.column) else {
                    relationship.report(
                        "from", "\(place.dataset).\(place.column) is no column of \(dataset)", "name a property of it")
                    return nil
                }
                return index
            }
            if fields.count == from.count { references += reference(relationship, fields, to) }
        }
        return references
    }

    private struct Place {
        let dataset: String
        let column: String
    }

    private func relationships(of reader: MappingReader) -> [MappingReader] {
        reader.mappings("relationships", namedBy: "to", keys: keys.relationship).filter { relationship in
            _ = relationship.choice("type", ["foreignKey": true])
            return true
        }
    }

    private func reference(_ reader: MappingReader, _ fields: [Int], _ to: [Place]) -> [Reference] {
        guard let first = to.first, to.allSatisfy({ $0.dataset == first.dataset }) else {
            reader.report("to", "names columns of several datasets", "name columns of one")
            return []
        }
        guard fields.count == to.count else {
            reader.report("to", "has another number of columns than from", "name one for each")
            return []
        }
        let node = reader["to"] ?? reader.node
        return [
            Reference(
                fields: fields, dataset: first.dataset, columns: to.map(\.column),
                place: FindingPlace(node, reader.path(of: "to"), reader.log))
        ]
    }

    /// One `dataset.column` or a list of them.
    private func targets(_ reader: MappingReader, _ key: String) -> [Place]? {
        var texts: [String] = []
        if case .sequence? = reader[key]?.content {
            texts = reader.texts(key) ?? []
        } else if let text = reader.requiredText(key) {
            texts = [text]
        }
        let places = texts.compactMap { text -> Place? in
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
                reader.report(key, "\(text) is no column of a dataset", "write it as dataset.column")
                return nil
            }
            return Place(dataset: String(parts[0]), column: String(parts[1]))
        }
        return places.isEmpty || places.count != texts.count ? nil : places
    }
}
