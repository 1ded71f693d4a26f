internal import ArgumentParser
internal import Bytes
internal import Glibc
internal import NDJSON

/// How messages on standard error look.
package enum LogFormat: String, ExpressibleByArgument, CaseIterable, Sendable { case text, json }

/// When the progress line is shown.
package enum ProgressMode: String, ExpressibleByArgument, CaseIterable, Sendable { case auto, always, never }

/// One line per message on standard error, each in one write. Standard output is data only.
package struct Log: Sendable {
    package enum Level: Int, Sendable, Comparable {
        case error, warning, info, detail

        package static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
        var name: String {
            switch self {
            case .error: "error"
            case .warning: "warning"
            case .info: "info"
            case .detail: "detail"
            }
        }
    }

    package let program: String
    package var format: LogFormat
    package var threshold: Level
    /// How far the run is; erased before every message.
    package let progress: ProgressLine

    package init(
        program: String, format: LogFormat = .text, threshold: Level = .info, progress: ProgressMode = .never
    ) {
        self.program = program
        self.format = format
        self.threshold = threshold
        self.progress = ProgressLine(program: program, mode: progress)
    }

    package func error(_ message: String, code: String? = nil) { write(.error, message, code) }
    package func warning(_ message: String, code: String? = nil) { write(.warning, message, code) }
    package func info(_ message: String) { write(.info, message, nil) }
    package func detail(_ message: String) { write(.detail, message, nil) }

    private func write(_ level: Level, _ message: String, _ code: String?) {
        guard level <= threshold else { return }
        progress.erase()
        var line: [UInt8]
        switch format {
        case .text:
            let mark = level == .warning ? "warning: " : ""
            line = Array("\(program): \(mark)\(Self.oneLine(message))\n".utf8)
        case .json:
            var object: JSONObject = ["level": .string(level.name), "program": .string(program)]
            if let code { object["code"] = .string(code) }
            object["message"] = .string(message)
            line = JSONValue.object(object).bytes
            line.append(0x0A)
        }
        // There is nowhere to report that standard error is gone.
        _ = line.withUnsafeBytes { try? writeAll($0, to: 2, path: "standard error") }
    }

    /// Messages may quote data: control characters there must not break the line or the terminal.
    private static func oneLine(_ message: String) -> String {
        guard message.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else { return message }
        var safe = ""
        for scalar in message.unicodeScalars {
            switch scalar.value {
            case 0x0A: safe += "\\n"
            case 0x00..<0x20, 0x7F: safe += "\\u{\(String(scalar.value, radix: 16))}"
            default: safe.unicodeScalars.append(scalar)
            }
        }
        return safe
    }
}
