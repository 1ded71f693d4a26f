import Bytes
import Contracts
import Glibc
import NDJSON
import StageKit
import TestSupport
import Testing

@testable import sf_copy

/// The real `duckdb` program: `SLUICE_DUCKDB`, or the project's own environment.
enum TestDuckDB {
    static let path: String? = {
        if let named = Environment.value("SLUICE_DUCKDB") { return named }
        let root = #filePath.split(separator: "/").dropLast(4).map { "/\($0)" }.joined()
        let own = "\(root)/.venv/bin/duckdb"
        return access(own, X_OK) == 0 ? own : nil
    }()

    static func warehouse(_ folder: TemporaryDirectory, timeout: Double = 10) throws -> DuckDBWarehouse {
        let program = DuckDBProgram(path: try #require(path))
        return DuckDBWarehouse(file: folder.file("it's a \"warehouse\".duckdb"), program: program, lockTimeout: timeout)
    }
}

@Suite(.enabled(if: TestDuckDB.path != nil || Environment.value("CI") == "true", "needs SLUICE_DUCKDB or .venv"))
struct DuckDBWarehouseTests {
    private func made(_ folder: TemporaryDirectory, evolves: Bool = false, more: String = "") throws -> DuckDBWarehouse
    {
        let warehouse = try TestDuckDB.warehouse(folder)
        let creation = try Self.creation(warehouse, evolves: evolves, more: more)
        let catalog = try TableCreation.catalog(of: warehouse)
        try #require(creation.refusals(catalog) == [])
        try creation.run(creation.statements(catalog, lockedDatasets: try creation.lockedDatasets(catalog)))
        return warehouse
    }

    private static func creation(_ warehouse: DuckDBWarehouse, evolves: Bool, more: String) throws -> TableCreation {
        let contract = try Contract.parse(Array((LoadPlanTests.contract + more).utf8), name: "things")
        return TableCreation(
            warehouse: warehouse, landing: contract.datasets.map { .landing($0) }, evolves: evolves)
    }

    @Test func whatDuckDBSaysWhileItClosesIsToldInOneLineAndAFullDiskIsNoRefusal() throws {
        let said =
            "{\"a\":1}\n\u{1B}[31mERROR:\n\u{1B}[00m\u{1B}[31mSilent exception:\tCould not write: No space left on device\n\n"
        #expect(
            throws: WarehouseError.unusable(
                "duckdb answered: ERROR: Silent exception: Could not write: No space left on device")
        ) { try DuckDBProgram.rows(Array("\(said)\u{1B}[00m".utf8)) }
        #expect(throws: WarehouseError.refused("duckdb answered: pardon")) {
            try DuckDBProgram.rows(Array("pardon".utf8))
        }
        #expect(try DuckDBProgram.rows(Array("{\"a\":1}\n".utf8)).count == 1)
    }

    @Test(
        arguments: [
            ("IO Error: Cannot open file \"w.duckdb\": Permission denied", ExitStatus.notAllowed),
            ("Failed to commit: Cannot open file \"w.duckdb.wal\": Permission denied", ExitStatus.notAllowed),
            ("IO Error: Could not read from file \"w.duckdb\": Is a directory", ExitStatus.localIO),
            ("IO Error: Could not set lock on file \"w.duckdb\"", ExitStatus.tryAgain),
            ("Conversion Error: 'x' is no INTEGER", ExitStatus.badData),
        ])
    func whatKeepsTheFileShutIsNoBadData(_ message: String, _ status: Int32) {
        let failure = WarehouseError(message: message).failure
        #expect(failure.status == status && failure.message?.contains(message) == true)
    }

    @Test func anyTextComesBackAsItWas() throws {
        let folder = try TemporaryDirectory()
        let warehouse = try made(folder)
        var random = SeededRandom(seed: 7)
        var texts = [
            "", "'", "\\", "\\n", "E'", "a\nb", ".quit", "\n.quit\n", "; SELECT 1", "--", "/*", "$$", "é\u{301}",
            "\u{1F600}", "\u{7F}",
        ]
        for _ in 0..<200 {
            let scalars = (0..<Int.random(in: 1...20, using: &random)).map { _ in
                Unicode.Scalar(UInt32.random(in: 1...0x2FF, using: &random)) ?? "x"
            }
            texts.append(String(String.UnicodeScalarView(scalars)))
        }
        let queries = texts.map { "SELECT \(SQLText.literal($0)) AS \(SQLText.identifier("a\"b"))" }
        let answer = try warehouse.run(.reading, queries)
        #expect(answer.map { $0["a\"b"]?.string.map { Array($0.utf8) } } == texts.map { Array($0.utf8) })
    }

    @Test func tablesThatAreThereAreLeftAlone() throws {
        let folder = try TemporaryDirectory()
        let warehouse = try made(folder)
        let creation = try Self.creation(warehouse, evolves: false, more: "")
        let catalog = try TableCreation.catalog(of: warehouse)
        #expect(creation.differences(catalog) == [])
        #expect(creation.statements(catalog, lockedDatasets: try creation.lockedDatasets(catalog)) == [])
        #expect(Set(creation.actions(catalog).map(\.action)) == [.unchanged])
        #expect(try folder.names() == ["it's a \"warehouse\".duckdb"])
    }

    @Test func driftIsToldWithTheStatementThatMendsIt() throws {
        let folder = try TemporaryDirectory()
        let warehouse = try made(folder)
        _ = try warehouse.run(.writing, ["ALTER TABLE ecom.lnd.things ALTER COLUMN _source_row SET DATA TYPE INTEGER"])
        let more = "\n      - {name: colour, logicalType: string, physicalType: VARCHAR}"
        let creation = try Self.creation(warehouse, evolves: false, more: more)
        let messages = creation.refusals(try TableCreation.catalog(of: warehouse))
        #expect(
            messages == [
                "lnd.things lacks colour: --evolve, or ALTER TABLE \"ecom\".\"lnd\".\"things\" ADD COLUMN \"colour\" VARCHAR",
                "lnd.things._source_row is INTEGER, not BIGINT: ALTER TABLE \"ecom\".\"lnd\".\"things\" ALTER COLUMN "
                    + "\"_source_row\" SET DATA TYPE BIGINT",
            ])
        // The statements do what they promise.
        for message in messages {
            let start = try #require(message.firstRange(of: "ALTER")).lowerBound
            _ = try warehouse.run(.writing, [String(message[start...])])
        }
        #expect(creation.differences(try TableCreation.catalog(of: warehouse)) == [])
    }

    @Test(arguments: [
        ("SELECT error('\(WarehouseError.fenceMark)')", WarehouseError.fenceBroken),
        ("SELECT error('\(WarehouseError.countMark): 3 rows')", .wrongCount("3 rows")),
        ("SELECT * FROM ecom.lnd.nothing", .refused("Catalog Error: Table with name nothing does not exist!")),
    ])
    func whatTheProgramSaysIsUnderstood(statement: String, expected: WarehouseError) throws {
        let folder = try TemporaryDirectory()
        let warehouse = try made(folder)
        do throws(WarehouseError) {
            _ = try warehouse.run(.writing, ["BEGIN", "DELETE FROM ecom.ops.locks", statement, "COMMIT"])
            Issue.record("nothing was refused")
        } catch {
            #expect(error == expected)
        }
        let left = try warehouse.run(.reading, ["SELECT name FROM ecom.ops.locks"])
        #expect(left.map { $0["name"]?.string } == ["things"])
    }

    @Test func aFileThatIsNoDatabaseIsNamed() throws {
        let folder = try TemporaryDirectory()
        let warehouse = try TestDuckDB.warehouse(folder)
        try folder.write(FileSystem.name(of: warehouse.file), text: "not a database, whatever its name says")
        #expect { try TableCreation.catalog(of: warehouse) } throws: { error in
            guard case .unusable(let message)? = error as? WarehouseError else { return false }
            return message.contains(warehouse.file)
        }
    }

    @Test func aTransactionThatComesTooLateIsRefused() throws {
        let folder = try TemporaryDirectory()
        let warehouse = try made(folder)
        let first = LoadScript.Fence(holders: [("things", nil)], next: "one")
        _ = try warehouse.run(.writing, ["BEGIN"] + first.statements(.duckdb) + ["COMMIT"])
        let late = LoadScript.Fence(holders: [("things", nil)], next: "two")
        #expect(throws: WarehouseError.fenceBroken) {
            try warehouse.run(.writing, ["BEGIN"] + late.statements(.duckdb) + ["COMMIT"])
        }
        let next = LoadScript.Fence(holders: [("things", "one")], next: "two")
        _ = try warehouse.run(.writing, ["BEGIN"] + next.statements(.duckdb) + ["COMMIT"])
        let state = WarehouseState(answer: try warehouse.run(.reading, WarehouseState.queries(files: ["f"], .duckdb)))
        #expect(state.hasLock("things"))
    }

    @Test func pathsMeanThemselvesAndNoPattern() throws {
        let folder = try TemporaryDirectory()
        let warehouse = try made(folder)
        let odd = folder.file("a[b]*?{c}'d=e.parquet")
        _ = try warehouse.run(.reading, ["COPY (SELECT 1 AS n) TO \(SQLText.literal(odd)) (FORMAT parquet)"])
        let source = ParquetFiles.source([LakeFile(url: "file:\(odd)", byteCount: nil)])
        #expect(try warehouse.run(.reading, ["SELECT * FROM \(source)"]).map { $0["n"]?.integer } == [1])
    }
}

struct DuckDBProgramTests {
    @Test func aProgramThatIsNotThereIsBadConfiguration() throws {
        let folder = try TemporaryDirectory()
        let plain = try folder.write("bin/duckdb", text: "#!/bin/sh\n")
        func status(named: String?, path: String?) -> Int32? {
            do throws(StageFailure) {
                _ = try DuckDBProgram.find(named: named, searchPath: path)
                return nil
            } catch {
                return error.status
            }
        }
        #expect(status(named: nil, path: nil) == 78)
        #expect(status(named: nil, path: "\(folder.path):\(folder.file("bin"))") == 78)
        #expect(status(named: plain, path: nil) == 78)
        chmod(plain, 0o755)
        #expect(status(named: plain, path: nil) == nil)
        #expect(try DuckDBProgram.find(named: nil, searchPath: "\(folder.path):\(folder.file("bin"))").path == plain)
        #expect(status(named: folder.file("nothing"), path: folder.file("bin")) == 78)
    }
}
