/// One node of the schema, which a file holds as a list, parents before children (parquet.thrift, SchemaElement).
struct SchemaElement {
    /// parquet.thrift, FieldRepetitionType.
    enum Repetition: Int {
        case required = 0
        case optional = 1
        case repeated = 2
    }

    private enum Kind {
        case value(ParquetType)
        case group(childCount: Int)
        case list
    }

    private let name: String
    private let repetition: Repetition?
    private let kind: Kind

    static func list(of schema: ParquetSchema) -> [SchemaElement] {
        var elements = [
            SchemaElement(name: "schema", repetition: nil, kind: .group(childCount: schema.fields.count))
        ]
        for field in schema.fields { collect(field, into: &elements) }
        return elements
    }

    private static func collect(_ field: ParquetField, into elements: inout [SchemaElement]) {
        let repetition: Repetition = field.isRequired ? .required : .optional
        switch field.shape {
        case .value(let type):
            elements.append(SchemaElement(name: field.name, repetition: repetition, kind: .value(type)))
        case .group(let members):
            elements.append(
                SchemaElement(name: field.name, repetition: repetition, kind: .group(childCount: members.count)))
            for member in members { collect(member, into: &elements) }
        case .list(let element):
            // LogicalTypes.md, Lists: <list> group (LIST) { repeated group list { <element> element } }
            elements.append(SchemaElement(name: field.name, repetition: repetition, kind: .list))
            elements.append(SchemaElement(name: "list", repetition: .repeated, kind: .group(childCount: 1)))
            collect(
                ParquetField("element", shape: element.shape, isRequired: element.isRequired), into: &elements)
        }
    }

    func append(to list: inout ThriftCompactWriter) {
        list.appendStruct { element in
            if case .value(let type) = kind {
                element.writeInt32(1, type.physical.rawValue)
                if type.physical == .fixedLengthByteArray { element.writeInt32(2, type.fixedByteCount ?? 0) }
            }
            if let repetition { element.writeInt32(3, repetition.rawValue) }
            element.writeString(4, name)
            switch kind {
            case .group(let childCount): element.writeInt32(5, childCount)
            case .list:
                element.writeInt32(5, 1)
                element.writeInt32(6, 3)
                element.writeStruct(10) { $0.writeEmptyStruct(3) }
            case .value(let type): Self.writeMeaning(of: type, to: &element)
            }
        }
    }

    /// The converted type for old readers and the logical type for new ones, wherever the type has them.
    private static func writeMeaning(of type: ParquetType, to element: inout ThriftCompactWriter) {
        switch type {
        case .boolean, .int32, .int64, .double: break
        case .string:
            element.writeInt32(6, 0)
            element.writeStruct(10) { $0.writeEmptyStruct(1) }
        case .decimal(let precision, let scale):
            element.writeInt32(6, 5)
            element.writeInt32(7, scale)
            element.writeInt32(8, precision)
            element.writeStruct(10) { logical in
                logical.writeStruct(5) { decimal in
                    decimal.writeInt32(1, scale)
                    decimal.writeInt32(2, precision)
                }
            }
        case .date:
            element.writeInt32(6, 6)
            element.writeStruct(10) { $0.writeEmptyStruct(6) }
        case .time:
            element.writeInt32(6, 8)
            element.writeStruct(10) { $0.writeStruct(7) { writeUnit(isInstant: false, to: &$0) } }
        case .timestamp(let isInstant):
            // The twin says "in UTC" of wall-clock times too; without it old readers see a bare number.
            element.writeInt32(6, 10)
            element.writeStruct(10) { $0.writeStruct(8) { writeUnit(isInstant: isInstant, to: &$0) } }
        }
    }

    private static func writeUnit(isInstant: Bool, to logical: inout ThriftCompactWriter) {
        logical.writeBoolean(1, isInstant)
        logical.writeStruct(2) { $0.writeEmptyStruct(2) }
    }
}
