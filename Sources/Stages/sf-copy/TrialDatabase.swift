internal import Bytes
internal import StageKit

/// A warehouse that was made for a trial, and may therefore be removed with everything in it.
///
/// Only its name says so: no database and no file of another name is ever removed.
enum TrialDatabase {
    static let prefix = "SLUICE_TRIAL_"

    static func isOne(_ name: String) -> Bool {
        SQLDialect.upperCase(name).hasPrefix(prefix) && name.utf8.count > prefix.utf8.count
    }

    /// Removes it. One that is not there is fine.
    static func remove(_ warehouse: any Warehouse) throws(StageFailure) {
        if let warehouse = warehouse as? SnowflakeWarehouse {
            try check(warehouse.database)
            try asking { () throws(WarehouseError) in
                _ = try warehouse.service.run(["DROP DATABASE IF EXISTS \(warehouse.dialect.catalog)"], wanted: [])
            }
        } else if let warehouse = warehouse as? DuckDBWarehouse {
            try check(FileSystem.name(of: warehouse.file))
            do throws(IOError) {
                for file in [warehouse.file, warehouse.file + ".wal"] { try FileSystem.remove(file) }
            } catch {
                throw .localIO(error.message)
            }
        }
    }

    private static func check(_ name: String) throws(StageFailure) {
        guard isOne(name) else {
            throw .usage("--drop-trial: \(name) is no trial's: only what is called \(prefix)... is removed")
        }
    }
}
