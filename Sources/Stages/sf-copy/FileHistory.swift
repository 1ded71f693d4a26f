internal import Bytes

/// All deliveries of one file that the warehouse knows, and their place in time.
///
/// A good delivery is in force from its start (when it was delivered, or accepted) until the earliest start of a good
/// delivery that was delivered after it: half-open intervals, the last one open. A delivery that was accepted after
/// a newer one had started never was in force: its interval is empty. Quarantined and failed ones have none.
///
///     delivered   D1        D2(quarantined, accepted at A)      D3
///     in force    [D1, A)   [A, D3)                             [D3, open)
struct FileHistory: Equatable {
    /// By time of delivery.
    private(set) var rows: [DeliveryRow] = []

    init(_ rows: [DeliveryRow] = []) {
        self.rows = rows.sorted { ($0.deliveredAt, $0.delivery) < ($1.deliveredAt, $1.delivery) }
    }

    func row(of delivery: String) -> DeliveryRow? { rows.first { $0.delivery == delivery } }

    /// What a guard compares a delivery with: the last good delivery with rows that was in the file's history when this
    /// one came. One that was accepted later does not count, so that a rebuild judges as the first load did.
    func previousGood(before moment: UTCTime, otherThan delivery: String) -> DeliveryRow? {
        rows.last { row in
            row.status.isGoodData && row.deliveredAt < moment && row.delivery != delivery
                && row.validFrom ?? row.deliveredAt <= moment
        }
    }

    /// Puts a row in the place of the delivery's former one and gives every delivery its place in time again. A good
    /// row brings its start in `validFrom`. Says which other deliveries changed.
    mutating func put(_ row: DeliveryRow) -> [DeliveryRow] {
        let before = rows.filter { $0.delivery != row.delivery }
        self = FileHistory(before + [row])
        var next: UTCTime?
        for index in rows.indices.reversed() {
            guard rows[index].status.isGood else {
                rows[index].validFrom = nil
                rows[index].validTo = nil
                continue
            }
            let start = rows[index].validFrom ?? rows[index].deliveredAt
            rows[index].validFrom = start
            rows[index].validTo = next.map { max(start, $0) }
            if rows[index].status.isGoodData { rows[index].status = next == nil ? .current : .superseded }
            next = min(start, next ?? start)
        }
        return rows.filter { changed in
            changed.delivery != row.delivery && !before.contains(changed)
        }
    }
}
