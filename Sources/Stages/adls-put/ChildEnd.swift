import Glibc
import StageKit

/// Waits for programs that were started.
enum ChildEnd {
    /// Waits for the end of a program: its exit status, or 128+n. When a person stops it (Ctrl-Z), this process stops
    /// with it, and when it is continued, so is the program.
    static func wait(for child: pid_t, terminal: ControllingTerminal? = nil) -> Int32 {
        var status: Int32 = 0
        while true {
            let found = waitpid(child, &status, terminal == nil ? 0 : WUNTRACED)
            if found < 0 {
                if errno == EINTR { continue }
                return ExitStatus.ourBug
            }
            if status & 0xFF == 0x7F, let terminal {
                terminal.takeBack(from: child)
                kill(0, SIGSTOP)
                terminal.give(to: child)
                kill(-child, SIGCONT)
                continue
            }
            terminal?.takeBack(from: child)
            let signal = status & 0x7F
            return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
        }
    }
}
