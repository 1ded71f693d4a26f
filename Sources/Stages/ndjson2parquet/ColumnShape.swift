import Contracts
import Parquet

/// What a column holds: values, or with `--nested` lists and groups of them, as deep as the rows are.
indirect enum ColumnShape: Equatable, Sendable {
    struct Member: Equatable, Sendable {
        let name: String
        let shape: ColumnShape
    }

    case value(LogicalType)
    case list(ColumnShape)
    case group([Member])

    /// How many columns of the file it takes.
    var leafCount: Int {
        switch self {
        case .value: 1
        case .list(let element): element.leafCount
        case .group(let members): members.reduce(0) { $0 + $1.shape.leafCount }
        }
    }

    /// How messages call it.
    var typeName: String {
        switch self {
        case .value(let type): type.contractName
        case .list(let element): "ARRAY(\(element.typeName))"
        case .group(let members): "OBJECT(\(members.map { "\($0.name) \($0.shape.typeName)" }.joined(separator: ", ")))"
        }
    }

    /// As the file's schema has it.
    var parquet: ParquetField.Shape {
        switch self {
        case .value(let type): .value(ParquetType(type))
        case .list(let element): .list(ParquetField("element", shape: element.parquet))
        case .group(let members): .group(members.map { ParquetField($0.name, shape: $0.shape.parquet) })
        }
    }
}
