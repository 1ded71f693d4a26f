package import Bytes

/// What the writers of one program share for encoding: the threads, what each of them needs, and page buffers.
package final class EncodingPool {
    /// Bytes of values in pages that wait before the caller has to help: about two rows of pages of a usual table.
    private static let waitingByteLimit = 3 << 20

    package let work: WorkPool
    /// One for each thread, used by no other.
    private let workspaces: [Workspace]

    package init(_ work: WorkPool) {
        self.work = work
        workspaces = (0..<work.threadCount).map { _ in Workspace() }
    }

    /// What the caller's own thread encodes with.
    var workspace: Workspace { workspaces[0] }

    /// Takes over a page of a column: it is encoded after those that the column gave before, and then goes to `pages`.
    func encode(
        _ page: PagePointer, isLast: Bool, with encoder: ChunkEncoder, in lane: WorkPool.Lane,
        returningTo pages: FreePages
    ) {
        let workspaces = workspaces
        work.submit(to: lane, cost: page.pointee.values.count) { thread in
            encoder.encode(page.pointee, isLast: isLast, with: workspaces[thread])
            page.pointee.removeAll()
            pages.give(page)
        }
        work.limitWaiting(to: Self.waitingByteLimit)
    }
}

/// Where a page's buffer lives: it wanders between the thread that fills it and the one that encodes it.
typealias PagePointer = UnsafeMutablePointer<ColumnBuffer>

/// Empty page buffers of one column, kept from page to page.
final class FreePages {
    private struct Pages: @unchecked Sendable {
        var free: [PagePointer] = []
    }

    private let leaf: ParquetLeaf
    private let pages = Guarded(Pages())

    init(_ leaf: ParquetLeaf) { self.leaf = leaf }

    deinit {
        pages.withLock { pages in
            for page in pages.free {
                page.deinitialize(count: 1)
                page.deallocate()
            }
        }
    }

    func take() -> PagePointer {
        if let page = pages.withLock({ Handed(page: $0.free.popLast()) }).page { return page }
        let page = PagePointer.allocate(capacity: 1)
        page.initialize(to: ColumnBuffer(leaf))
        return page
    }

    func give(_ page: PagePointer) {
        let handed = Handed(page: page)
        pages.withLock { pages in if let page = handed.page { pages.free.append(page) } }
    }

    /// A page on its way through the lock: one thread has it at a time.
    private struct Handed: @unchecked Sendable {
        let page: PagePointer?
    }
}
