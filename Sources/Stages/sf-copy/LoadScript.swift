/// The statements of one delivery's transaction.
///
///     take the lock row, and only if nobody else has taken it since the state was read
///     delete the delivery's former rows and rejects
///     insert its rows and rejects, and compare their number with the manifest
///     write its control row, and the new places of the file's other deliveries
struct LoadScript {
    let warehouse: any Warehouse
    let table: TableShape
    let fence: Fence

    private var dialect: SQLDialect { warehouse.dialect }

    /// The lock rows of some datasets as they were read, and what this transaction writes there.
    struct Fence {
        let holders: [(dataset: String, holder: String?)]
        let next: String
    }

    func statements(_ change: LoadPlan.Change, rows: ProcessedRows?) -> [String] {
        let delivery = change.row.delivery
        var arrivals: [(arrival: Arrival, table: TableShape, rowCount: Int)] = []
        if change.landing == .replace, let rows, let counts = rows.counts {
            if !rows.parts.isEmpty {
                arrivals.append((arrival(of: rows.parts, in: table, delivery), table, counts.emitted))
            }
            if let rejects = rows.rejects {
                arrivals.append(
                    (arrival(of: [rejects], in: OpsTables.rejects, delivery), OpsTables.rejects, counts.rejected))
            }
        }
        var statements = arrivals.flatMap(\.arrival.preparation) + ["BEGIN TRANSACTION"] + fence.statements(dialect)
        if change.landing != .keep { statements += removal(of: delivery, formerDataset: change.formerDataset) }
        for (arrival, table, rowCount) in arrivals {
            statements += arrival.insertion + [count(of: delivery, in: table, rowCount)]
        }
        statements.append(
            "DELETE FROM \(dialect.name(OpsTables.deliveries)) WHERE delivery = \(dialect.literal(delivery))")
        statements.append(change.row.insertion(dialect))
        statements += change.neighbours.map { $0.placement(dialect) }
        statements.append("COMMIT")
        statements.append(DeliveryRow.query(where: "delivery = \(dialect.literal(delivery))", dialect))
        return statements
    }

    private func removal(of delivery: String, formerDataset: String?) -> [String] {
        let other = formerDataset == table.name ? nil : formerDataset
        let tables =
            [dialect.name(table)] + (other.map { [dialect.name(table.schema, $0)] } ?? [])
            + [dialect.name(OpsTables.rejects)]
        return tables.map { "DELETE FROM \($0) WHERE _delivery = \(dialect.literal(delivery))" }
    }

    private func arrival(of files: [LakeFile], in table: TableShape, _ delivery: String) -> Arrival {
        warehouse.arrival(of: files, for: table, delivery: delivery, holder: fence.next, key: [])
    }

    private func count(of delivery: String, in table: TableShape, _ rowCount: Int) -> String {
        dialect.check(
            "count(*) = \(rowCount)", mark: WarehouseError.countMark,
            detail: "count(*) || ' rows arrived in \(table.shortName), the manifest says \(rowCount)'",
            from: "\(dialect.name(table)) WHERE _delivery = \(dialect.literal(delivery))")
    }
}

extension LoadScript.Fence {
    /// Takes the lock rows, or ends the transaction.
    func statements(_ dialect: SQLDialect) -> [String] {
        let locks = dialect.name(OpsTables.locks)
        return holders.flatMap { dataset, holder in
            let name = dialect.literal(dataset)
            return [
                """
                UPDATE \(locks) SET holder = \(dialect.literal(next)), taken_at = \(dialect.now) \
                WHERE name = \(name) AND holder IS NOT DISTINCT FROM \(dialect.literal(holder))
                """,
                dialect.check(
                    "count(*) > 0", mark: WarehouseError.fenceMark,
                    from: "\(locks) WHERE name = \(name) AND holder = \(dialect.literal(next))"),
            ]
        }
    }
}

/// Parquet files as the source of a query.
enum ParquetFiles {
    /// `read_parquet` over local files, whose names mean themselves.
    ///
    /// - Parameter numbersRows: whether a column `file_row_number` tells each row's place.
    static func source(_ files: [LakeFile], numbersRows: Bool = false) -> String {
        let paths = files.map { SQLText.literal(literalPattern($0.localPath ?? $0.url)) }
        let numbers = numbersRows ? ", file_row_number = true" : ""
        return "read_parquet([\(paths.joined(separator: ", "))], hive_partitioning = false\(numbers))"
    }

    /// DuckDB takes paths for patterns: their signs stand for themselves inside brackets.
    private static func literalPattern(_ path: String) -> String {
        var pattern = ""
        for character in path.unicodeScalars {
            switch character {
            case "*", "?", "[": pattern += "[\(character)]"
            default: pattern.unicodeScalars.append(character)
            }
        }
        return pattern
    }
}
