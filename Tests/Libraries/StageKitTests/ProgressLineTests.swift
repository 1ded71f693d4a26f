import Testing

@testable import StageKit

@Suite struct ProgressLineTests {
    @Test(arguments: [
        (1_250_000, ProgressLine.Unit.rows, nil, 2.5, "1,250,000 rows, 500,000 rows/s"),
        (999, .rows, nil, 0.0, "999 rows, 0 rows/s"),
        (120_000_000, .bytes, 2_048_000_000, 1.25, "120 MB of 2,048 MB, 96 MB/s, 21 s left"),
        (3, .files, 3, 1.0, "3 files of 3 files, 3 files/s"),
        (5, .files, 4, 1.0, "5 files, 5 files/s"),
    ])
    func theLineSaysHowMuchHowFastAndHowLong(
        count: Int, unit: ProgressLine.Unit, total: Int?, seconds: Double, expected: String
    ) {
        #expect(ProgressLine.text(count, unit, of: total, seconds: seconds) == expected)
    }
}
