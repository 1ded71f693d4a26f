/// The statements of one delivery's transaction.
///
///     take the lock row, and only if nobody else has taken it since the state was read
///     delete the delivery's former rows and rejects
///     insert its rows and rejects, and compare their number with the manifest
///     write its control row, and the new places of the file's other deliveries
struct LoadScript {
    /// The time of the transaction, in whole milliseconds: after DuckDB has given us the file, so that whoever had it
    /// before is older.
    static let now = "make_timestamp(epoch_ms(now()) * 1000)"

    let table: TableShape
    let fence: Fence

    /// The lock rows of some datasets as they were read, and what this transaction writes there.
    struct Fence {
        let holders: [(dataset: String, holder: String?)]
        let next: String
    }

    func statements(_ change: LoadPlan.Change, rows: ProcessedRows?) -> [String] {
        let delivery = change.row.delivery
        var statements = ["BEGIN TRANSACTION"] + fence.statements
        if change.landing != .keep { statements += removal(of: delivery, formerDataset: change.formerDataset) }
        if change.landing == .replace, let rows, let counts = rows.counts {
            statements += Self.insertion(of: rows.parts, into: table, delivery: delivery, rowCount: counts.emitted)
            if let rejects = rows.rejects {
                statements += Self.insertion(
                    of: [rejects], into: OpsTables.rejects, delivery: delivery, rowCount: counts.rejected)
            }
        }
        statements.append(
            "DELETE FROM \(OpsTables.deliveries.sqlName) WHERE delivery = \(SQLText.literal(delivery))")
        statements.append(change.row.insertion(now: Self.now))
        statements += change.neighbours.map(\.placement)
        statements.append("COMMIT")
        statements.append(DeliveryRow.query(where: "delivery = \(SQLText.literal(delivery))"))
        return statements
    }

    private func removal(of delivery: String, formerDataset: String?) -> [String] {
        let other = formerDataset == table.name ? nil : formerDataset
        let tables =
            [table.sqlName] + (other.map { [SQLText.name(DuckDBWarehouse.catalog, table.schema, $0)] } ?? [])
            + [OpsTables.rejects.sqlName]
        return tables.map { "DELETE FROM \($0) WHERE _delivery = \(SQLText.literal(delivery))" }
    }

    private static func insertion(
        of files: [LakeFile], into table: TableShape, delivery: String, rowCount: Int
    ) -> [String] {
        guard !files.isEmpty else { return [] }
        let id = SQLText.literal(delivery)
        return [
            """
            INSERT INTO \(table.sqlName) BY NAME SELECT *, \(id) AS _delivery, \(now) AS _loaded_at FROM \(ParquetFiles.source(files))
            """,
            """
            SELECT CASE WHEN count(*) <> \(rowCount) THEN error('\(WarehouseError.countMark): ' || count(*) || \
            ' rows arrived in \(table.shortName), the manifest says \(rowCount)') END AS checked \
            FROM \(table.sqlName) WHERE _delivery = \(id)
            """,
        ]
    }
}

extension LoadScript.Fence {
    /// Takes the lock rows, or ends the transaction.
    var statements: [String] {
        holders.flatMap { dataset, holder in
            let name = SQLText.literal(dataset)
            return [
                """
                UPDATE \(OpsTables.locks.sqlName) SET holder = \(SQLText.literal(next)), taken_at = \(LoadScript.now) \
                WHERE name = \(name) AND holder IS NOT DISTINCT FROM \(SQLText.literal(holder))
                """,
                """
                SELECT CASE WHEN count(*) = 0 THEN error('\(WarehouseError.fenceMark)') END AS fenced \
                FROM \(OpsTables.locks.sqlName) WHERE name = \(name) AND holder = \(SQLText.literal(next))
                """,
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
