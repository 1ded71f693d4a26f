internal import Bytes
internal import NDJSON
internal import StageKit

/// Makes one quarantined delivery current without loading anything again.
struct AcceptanceFlip {
    let warehouse: any Warehouse
    let delivery: String
    let acceptedBy: String
    let run: String?

    /// The acceptance for the lake. A second call gives the same one.
    func accept(now: UTCTime) throws(StageFailure) -> Acceptance {
        for _ in 0..<DeliveryLoader.fenceRetryLimit {
            let result: Result<Acceptance, StageFailure>
            do throws(WarehouseError) {
                result = try attempt(now: now)
            } catch {
                guard error == .fenceBroken else { throw error.failure }
                continue
            }
            return try result.get()
        }
        throw WarehouseError.fenceBroken.failure
    }

    private func attempt(now: UTCTime) throws(WarehouseError) -> Result<Acceptance, StageFailure> {
        guard try warehouse.exists() else {
            return .failure(.noInput("\(warehouse.displayName): there is no warehouse"))
        }
        let dialect = warehouse.dialect
        let id = dialect.literal(delivery)
        let file = "file_id IN (SELECT file_id FROM \(dialect.name(OpsTables.deliveries)) WHERE delivery = \(id))"
        let answer = try warehouse.run(
            .reading, WarehouseState.queries(files: [], dialect) + [DeliveryRow.query(where: file, dialect)])
        let state = WarehouseState(answer: answer)
        let history = FileHistory(answer.compactMap { DeliveryRow(answer: $0) })
        guard let row = history.row(of: delivery) else {
            return .failure(.noInput("the warehouse has no delivery \(delivery)"))
        }
        // A clock that was set back must not let the delivery be in force before it came.
        let acceptedAt = max(now, UTCTime(clampingMilliseconds: row.deliveredAt.milliseconds + 1))
        let acceptance = Acceptance(delivery: delivery, acceptedAt: acceptedAt, acceptedBy: acceptedBy)
        switch row.status {
        case .quarantined: break
        case .current, .superseded:
            if row.attemptedKey != nil, !(row.reason ?? "").hasPrefix(LoadPlan.failurePrefix) {
                return .success(acceptance)
            }
            guard let start = row.validFrom, start != row.deliveredAt else { fallthrough }
            return .success(Acceptance(delivery: delivery, acceptedAt: start, acceptedBy: acceptedBy))
        case .deleted, .failed:
            return .failure(.badData("delivery \(delivery) is \(row.status.rawValue), not quarantined"))
        }
        guard case .change(let change) = LoadPlan.acceptance(of: row, at: acceptedAt, history: history) else {
            return .success(acceptance)
        }
        let fence = state.fence(for: change, dataset: row.dataset, next: DeliveryLoader.newHolder(run: run))
        let table = TableShape(schema: "lnd", name: row.dataset, comment: nil, columns: [])
        let script = LoadScript(warehouse: warehouse, table: table, fence: fence)
        _ = try warehouse.run(.writing, script.statements(change, rows: nil))
        return .success(acceptance)
    }
}
