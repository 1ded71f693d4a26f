internal import Bytes
internal import Glibc

/// The line that shows on a terminal how far a long run is, and that leaves no trace when the run ends.
///
///     clean: 1,250,000 rows, 412,000 rows/s
///     adls-put: 120 MB of 2,048 MB, 96 MB/s, 20 s left
///
/// It is redrawn at most `refreshesPerSecond` times a second and erased before every message, so that messages never
/// share its line. Call `advance` every few hundred rows or every block; it costs a look at the clock.
package final class ProgressLine: Sendable {
    /// What is counted.
    package enum Unit: String, Sendable { case rows, bytes, files, deliveries }

    package static let refreshesPerSecond = 6.0
    /// The rate says little before this time has passed, and short runs show no line at all.
    package static let firstShownAfterSeconds = 0.5

    private struct State: Sendable {
        var start: Double?
        var shownAt = 0.0
        var isShown = false
    }

    private let program: String
    private let isWanted: Bool
    private let state = Guarded(State())

    /// `auto` shows the line when standard error is a terminal and standard output is no pipe: of the programs of one
    /// pipe only the last shows its line.
    package init(program: String, mode: ProgressMode) {
        self.program = program
        switch mode {
        case .always: isWanted = true
        case .never: isWanted = false
        case .auto: isWanted = isatty(2) == 1 && !Self.isPipe(1)
        }
    }

    /// Says how far the run is. `total` is what it will come to, where that is known.
    package func advance(to count: Int, _ unit: Unit, of total: Int? = nil) {
        guard isWanted else { return }
        let now = Environment.monotonicSeconds()
        state.withLock { state in
            let start = state.start ?? now
            state.start = start
            let next = state.shownAt + 1 / Self.refreshesPerSecond
            guard now >= (state.isShown ? next : start + Self.firstShownAfterSeconds) else { return }
            state.isShown = true
            state.shownAt = now
            Self.write("\r\u{1B}[K\(program): \(Self.text(count, unit, of: total, seconds: now - start))")
        }
    }

    /// Takes the line away: before a message, and at the end.
    package func erase() {
        state.withLock { state in
            guard state.isShown else { return }
            state.isShown = false
            Self.write("\r\u{1B}[K")
        }
    }

    /// What the line says, without the program's name.
    static func text(_ count: Int, _ unit: Unit, of total: Int?, seconds: Double) -> String {
        let rate = seconds > 0 ? Double(count) / seconds : 0
        var text = amount(count, unit)
        if let total, total >= count { text += " of \(amount(total, unit))" }
        text += ", \(amount(Int(rate), unit))/s"
        if let total, total > count, rate > 0 { text += ", \(Int((Double(total - count) / rate).rounded(.up))) s left" }
        return text
    }

    private static func amount(_ count: Int, _ unit: Unit) -> String {
        unit == .bytes ? "\(grouped(count / 1_000_000)) MB" : "\(grouped(count)) \(unit.rawValue)"
    }

    private static func grouped(_ number: Int) -> String {
        var text = ""
        for (place, digit) in String(number).reversed().enumerated() {
            if place > 0, place % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return String(text.reversed())
    }

    private static func isPipe(_ descriptor: Int32) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO
    }

    private static func write(_ text: String) {
        // Nobody is told that a terminal is gone: the work goes on.
        _ = Array(text.utf8).withUnsafeBytes { try? writeAll($0, to: 2, path: "standard error") }
    }
}
