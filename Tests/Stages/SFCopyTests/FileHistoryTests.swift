import Bytes
import Testing

@testable import sf_copy

/// Statuses and intervals of one file's deliveries, as the warehouse would hold them.
struct FileHistoryTests {
    /// A delivery on a day, as the tests write it: `D2` good, `D2@5` accepted on day 5, `Q2` quarantined, `F2` failed,
    /// `X2` a deletion.
    private static func row(_ text: String) -> DeliveryRow {
        let parts = text.dropFirst().split(separator: "@").compactMap { Int64($0) }
        let day = { (number: Int64) in UTCTime(clampingMilliseconds: Int(number) * 86_400_000) }
        var row = DeliveryRow(
            dataset: "things", delivery: String(text.dropFirst().prefix { $0 != "@" }), fileID: "f",
            deliveredAt: day(parts[0]), status: .current)
        switch text.first {
        case "Q": row.status = .quarantined
        case "F": row.status = .failed
        case "X": row.status = .deleted
        default: break
        }
        if row.status.isGood { row.validFrom = day(parts.count == 2 ? parts[1] : parts[0]) }
        return row
    }

    private static func describe(_ row: DeliveryRow) -> String {
        let day = { (time: UTCTime?) in time.map { String($0.milliseconds / 86_400_000) } ?? "" }
        return "\(row.delivery) \(row.status.rawValue) [\(day(row.validFrom)),\(day(row.validTo)))"
    }

    @Test(arguments: [
        (["D1"], ["1 current [1,)"]),
        (["D1", "D2"], ["1 superseded [1,2)", "2 current [2,)"]),
        (["D2", "D1"], ["1 superseded [1,2)", "2 current [2,)"]),
        (["D1", "D3", "D2"], ["1 superseded [1,2)", "2 superseded [2,3)", "3 current [3,)"]),
        (["D1", "Q2"], ["1 current [1,)", "2 quarantined [,)"]),
        (["D1", "F2", "D3"], ["1 superseded [1,3)", "2 failed [,)", "3 current [3,)"]),
        (["D1", "D2@5"], ["1 superseded [1,5)", "2 current [5,)"]),
        (["D1", "Q2", "D3", "D2@5"], ["1 superseded [1,3)", "2 superseded [5,5)", "3 current [3,)"]),
        (["D1", "D2@5", "D7"], ["1 superseded [1,5)", "2 superseded [5,7)", "7 current [7,)"]),
        (["D1", "X2"], ["1 superseded [1,2)", "2 deleted [2,)"]),
        (["X2", "D1"], ["1 superseded [1,2)", "2 deleted [2,)"]),
        (["D1", "X2", "D3"], ["1 superseded [1,2)", "2 deleted [2,3)", "3 current [3,)"]),
        (["D1", "D2", "Q2"], ["1 current [1,)", "2 quarantined [,)"]),
    ])
    func everyDeliveryHasItsPlaceInTime(arrivals: [String], expected: [String]) {
        var history = FileHistory()
        for arrival in arrivals { _ = history.put(Self.row(arrival)) }
        #expect(history.rows.map(Self.describe) == expected)
    }

    @Test func onlyNeighboursThatChangeAreTold() {
        var history = FileHistory()
        for arrival in ["D1", "D2", "Q3"] { _ = history.put(Self.row(arrival)) }
        let changed = history.put(Self.row("D4"))
        #expect(changed.map(Self.describe) == ["2 superseded [2,4)"])
    }

    @Test func guardsCompareWithTheLastGoodDeliveryBefore() {
        var history = FileHistory()
        for arrival in ["D1", "D2", "D3@6", "Q4", "X5", "D7"] { _ = history.put(Self.row(arrival)) }
        let moment = UTCTime(clampingMilliseconds: 5 * 86_400_000)
        #expect(history.previousGood(before: moment, otherThan: "5")?.delivery == "2")
        #expect(history.previousGood(before: moment, otherThan: "2")?.delivery == "1")
        #expect(history.previousGood(before: history.rows[5].deliveredAt, otherThan: "7")?.delivery == "3")
        #expect(history.previousGood(before: UTCTime(clampingMilliseconds: 0), otherThan: "") == nil)
    }
}
