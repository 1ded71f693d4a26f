import Glibc

/// The terminal on standard input, lent to the command's process group as a shell lends it to a job. Otherwise a
/// command that reads from the terminal would be stopped, and Ctrl-C would not reach it first.
struct ControllingTerminal {
    /// Nil when standard input is no terminal, or when we are not in its foreground.
    init?() {
        guard isatty(0) == 1, tcgetpgrp(0) == getpgrp() else { return nil }
    }

    /// Lends it, if we have it: after `bg` a shell keeps it for itself.
    func give(to group: pid_t) {
        guard tcgetpgrp(0) == getpgrp() else { return }
        setForeground(group)
        // The command may have asked for it before it was there, and have been stopped for that.
        kill(-group, SIGCONT)
    }

    /// Takes it from the command's group, if that still has it.
    func takeBack(from group: pid_t) {
        if tcgetpgrp(0) == group { setForeground(getpgrp()) }
    }

    private func setForeground(_ group: pid_t) {
        // Who is not in the foreground gets SIGTTOU for this.
        var signals = sigset_t()
        var previous = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGTTOU)
        sigprocmask(SIG_BLOCK, &signals, &previous)
        tcsetpgrp(0, group)
        sigprocmask(SIG_SETMASK, &previous, nil)
    }
}
