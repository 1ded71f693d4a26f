internal import Glibc

/// What can go wrong between the program and a file, a pipe or a compressed stream.
package enum IOError: Error, Equatable {
    /// A system call failed. `code` is `errno`; `path` names the file, or a stream such as `standard output`.
    case system(call: String, path: String, code: Int32)
    /// The bytes are not what their container says: a cut or damaged gzip or zstd stream.
    case corrupt(path: String, reason: String)
    /// A line is longer than the reader allows (`LineReader.defaultLineLimit`). `line` is 1-based.
    case lineTooLong(path: String, line: Int, limit: Int)

    /// The failure of the call that just set `errno`. Call it before anything else can change `errno`.
    package static func last(_ call: String, _ path: String) -> IOError {
        .system(call: call, path: path, code: errno)
    }

    /// True when the reader of our output has gone away.
    package var isBrokenPipe: Bool {
        if case .system(_, _, EPIPE) = self { true } else { false }
    }

    /// True when the named file or folder does not exist.
    package var isNotFound: Bool {
        if case .system(_, _, let code) = self { code == ENOENT || code == ENOTDIR } else { false }
    }

    /// One line for a person.
    package var message: String {
        switch self {
        case .system(let call, let path, let code):
            "\(path): \(call): \(String(cString: strerror(code)))"
        case .corrupt(let path, let reason):
            "\(path): \(reason)"
        case .lineTooLong(let path, let line, let limit):
            "\(path):\(line): the line is longer than \(limit) bytes"
        }
    }
}
