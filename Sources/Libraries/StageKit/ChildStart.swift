package import Bytes
internal import Glibc

/// Starts other programs.
package enum ChildStart {
    /// Whose process group a child is in: it leads one of its own, so that a signal can end all that it starts, or it is
    /// in ours, so that the terminal's Ctrl-C reaches it.
    package enum Group { case own, ours }

    /// A descriptor of ours that the child has under another number, or under its own: all others close in the child if
    /// they are marked so.
    package typealias Descriptor = (ours: Int32, childs: Int32)

    /// Signals that a person or a scheduler ends programs with.
    package static let endingSignals = [SIGINT, SIGTERM, SIGHUP]

    /// Starts a program. Blocked signals, and SIGPIPE and SIGXFSZ, which we ignore for ourselves, are not passed on.
    ///
    /// - Parameters:
    ///   - words: the program, looked for in `PATH` unless it is a path, and its arguments.
    ///   - resetting: further signals that the child shall not ignore even where we were told to.
    ///   - environment: `NAME=value`; nil is ours.
    /// - Throws: `IOError.system(call: "start", ...)`.
    package static func start(
        _ words: [String], group: Group, resetting: [Int32] = [], descriptors: [Descriptor] = [],
        environment: [String]? = nil
    ) throws(IOError) -> Int32 {
        guard let program = words.first else { preconditionFailure("a child without a program") }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for number in [SIGPIPE, SIGXFSZ] + resetting { sigaddset(&signals, number) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        var flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        if group == .own { flags |= POSIX_SPAWN_SETPGROUP }
        posix_spawnattr_setflags(&attributes, Int16(flags))

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // Duplicating a descriptor onto itself here means: leave it open in the child.
        for (ours, childs) in descriptors { posix_spawn_file_actions_adddup2(&actions, ours, childs) }

        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] = (environment ?? []).map { strdup($0) } + [nil]
        defer { for text in arguments + variables { free(text) } }
        var child: pid_t = 0
        let code =
            environment == nil
            ? posix_spawnp(&child, program, &actions, &attributes, &arguments, environ)
            : posix_spawnp(&child, program, &actions, &attributes, &arguments, &variables)
        guard code == 0 else { throw .system(call: "start", path: program, code: code) }
        return child
    }
}
