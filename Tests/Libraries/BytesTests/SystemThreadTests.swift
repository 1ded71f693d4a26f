import Bytes
import Glibc
import Testing

@Suite struct SystemThreadTests {
    @Test func aThreadRunsItsBodyBeforeTheJoinReturns() throws {
        let total = Guarded(0)
        let numbers = 1...8
        for number in numbers {
            let thread = try SystemThread { [number] in total.withLock { $0 += number } }
            thread.join()
        }
        #expect(total.withLock { $0 } == 36)
    }

    @Test func signalsAreBlockedInsideAndNotOutside() throws {
        let isBlocked = Guarded(false)
        func blocked(_ number: Int32) -> Bool {
            var mask = sigset_t()
            pthread_sigmask(SIG_BLOCK, nil, &mask)
            return sigismember(&mask, number) == 1
        }
        let before = blocked(SIGTERM)
        let thread = try SystemThread {
            var mask = sigset_t()
            pthread_sigmask(SIG_BLOCK, nil, &mask)
            let answer = sigismember(&mask, SIGTERM) == 1
            isBlocked.withLock { $0 = answer }
        }
        thread.join()
        #expect(isBlocked.withLock { $0 })
        #expect(blocked(SIGTERM) == before)
    }

    @Test func aStopFlagRemembersTheSignal() {
        let flag = StopFlag()
        #expect(!flag.isSet)
        flag.set(signalNumber: SIGINT)
        #expect(flag.isSet)
        #expect(flag.signalNumber == SIGINT)
    }
}

@Suite struct GuardedTests {
    @Test func threadsTakeTurns() throws {
        let total = Guarded(0)
        let threads = try (0..<4).map { _ in
            try JoinedThread { for _ in 0..<1000 { total.withLock { $0 += 1 } } }
        }
        for thread in threads { thread.join() }
        #expect(total.withLock { $0 } == 4000)
    }

    @Test func aFailureInsideGivesTheTurnOn() {
        let value = Guarded(1)
        #expect(throws: IOError.self) {
            try value.withLock { (_) throws(IOError) in throw .corrupt(path: "", reason: "") }
        }
        #expect(value.withLock { $0 } == 1)
    }

    private final class JoinedThread {
        private var thread: SystemThread?
        init(_ body: @escaping @Sendable () -> Void) throws { thread = try SystemThread(body) }
        func join() { thread.take()?.join() }
    }
}
