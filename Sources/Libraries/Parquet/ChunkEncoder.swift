internal import Compression

/// Encodes one column of one row group, page by page as they fill, and keeps the compressed pages until the row group
/// is written (chunks must lie one after the other).
///
/// The first page with values decides for the whole chunk: `ChunkTrial` compresses it in each way that could win. A
/// dictionary that outgrows its limit, or costs more than it saves, is left: later pages are PLAIN, and the pages
/// before stay as they are, which every reader accepts.
final class ChunkEncoder {
    let leaf: ParquetLeaf
    private let order: ValueOrder
    private let limits: DictionaryLimits
    private let codec: ParquetCodec
    private let options: ParquetColumnOptions

    private var way: ChunkWay?
    private var dictionary: (any ValueDictionary)?
    private var dictionaryIsLeft = false
    private var plainValueByteCount = 0
    private var indexByteCount = 0
    /// Pages of nulls from before the way was known: their levels, and what they count.
    private var waiting: [WaitingPage] = []
    private var pages: [EncodedPage] = []
    private var bounds: Bounds?
    private var hashes = BloomHashes()

    private struct WaitingPage {
        let levels: [UInt8]
        let entryCount: Int
        let rowCount: Int
    }

    init(leaf: ParquetLeaf, codec: ParquetCodec, limits: DictionaryLimits, options: ParquetColumnOptions = .init()) {
        self.leaf = leaf
        self.codec = codec
        self.limits = limits
        self.options = options
        order = ValueOrder(leaf.type)
    }

    /// Bytes held for the chunk so far.
    var heldByteCount: Int { pages.reduce(dictionary?.plainBytes.count ?? 0) { $0 + $1.storedByteCount } }

    // MARK: Pages

    /// Encodes and compresses one page. `isLast` says that the chunk ends with it.
    func encode(_ page: borrowing ColumnBuffer, isLast: Bool, with workspace: Workspace) {
        if page.entryCount == 0 { return }
        guard page.valueCount > 0 || way != nil else {
            workspace.body.removeAll()
            Levels.append(page, of: leaf, to: &workspace.body)
            waiting.append(
                WaitingPage(
                    levels: Array(workspace.body.bytes), entryCount: page.entryCount, rowCount: page.rowCount))
            return
        }
        let wayNow = way ?? decide(from: page, isLast: isLast, with: workspace)
        let usesDictionary = wayNow.usesDictionary && !dictionaryIsLeft && lookUp(page, with: workspace)
        workspace.body.removeAll()
        Levels.append(page, of: leaf, to: &workspace.body)
        if usesDictionary, let dictionary {
            let start = workspace.body.count
            IndexEncoding.append(workspace.indices.bytes, valueCount: dictionary.count, to: &workspace.body)
            indexByteCount += workspace.body.count - start
        } else {
            ValueEncoding.append(page.values.bytes, type: leaf.type, wayNow.encoding, to: &workspace.body)
            if options.hasBloomFilter { hashes.add(page.values.bytes, type: leaf.type) }
        }
        plainValueByteCount += page.values.count
        var encoded = finish(
            .data, usesDictionary ? .dictionary : wayNow.encoding, entryCount: page.entryCount, codec: wayNow.codec,
            workspace)
        encoded.rowCount = page.rowCount
        encoded.nullCount = page.nullCount
        let found = PageBounds.find(page.values.bytes, count: page.valueCount, type: leaf.type)
        encoded.bounds = found.bounds
        encoded.nanCount = found.nanCount
        if leaf.type.physical == .byteArray { encoded.textByteCount = page.values.count - 4 * page.valueCount }
        bounds = order.union(bounds, found.bounds)
        pages.append(encoded)
        if usesDictionary, options.encoding == .automatic, dictionaryIsNoGain { dictionaryIsLeft = true }
    }

    private var dictionaryIsNoGain: Bool {
        guard let dictionary else { return false }
        return dictionary.plainBytes.count + indexByteCount > plainValueByteCount
    }

    /// Numbers the values of a page. When the dictionary grows too large it is left, without the page's values.
    private func lookUp(_ page: borrowing ColumnBuffer, with workspace: Workspace) -> Bool {
        guard let dictionary else { return false }
        let countBefore = dictionary.count
        var position = 0
        workspace.indices.removeAll()
        if dictionary.append(
            page.values.bytes, position: &position, count: page.valueCount, byteLimit: limits.byteCount,
            to: &workspace.indices)
        {
            return true
        }
        dictionary.truncate(to: countBefore)
        dictionaryIsLeft = true
        return false
    }

    private func decide(from page: borrowing ColumnBuffer, isLast: Bool, with workspace: Workspace) -> ChunkWay {
        let trial = ChunkTrial(type: leaf.type, codec: codec, limits: limits, wanted: options.encoding)
        let decided = trial.decide(page.values.bytes, valueCount: page.valueCount, isLast: isLast, with: workspace)
        way = decided
        if decided.usesDictionary { dictionary = leaf.type.makeDictionary() }
        for waiting in waiting { appendNulls(waiting, decided, with: workspace) }
        waiting = []
        return decided
    }

    private func appendNulls(_ page: WaitingPage, _ way: ChunkWay, with workspace: Workspace) {
        workspace.body.removeAll()
        page.levels.withUnsafeBytes { workspace.body.append($0) }
        if way.usesDictionary {
            workspace.body.append(UInt8(1))
        } else {
            let none = UnsafeRawBufferPointer(start: nil, count: 0)
            ValueEncoding.append(none, type: leaf.type, way.encoding, to: &workspace.body)
        }
        var encoded = finish(
            .data, way.usesDictionary ? .dictionary : way.encoding, entryCount: page.entryCount, codec: way.codec,
            workspace)
        encoded.rowCount = page.rowCount
        encoded.nullCount = page.entryCount
        pages.append(encoded)
    }

    /// Compresses the workspace's body and seals it.
    private func finish(
        _ kind: EncodedPage.Kind, _ encoding: Encoding, entryCount: Int, codec: PageCodec, _ workspace: Workspace
    ) -> EncodedPage {
        let stored = workspace.compressBody(codec)
        return EncodedPage(
            kind: kind, encoding: encoding, body: Array(stored), storedByteCount: stored.count,
            plainByteCount: workspace.body.count, checksum: CRC32.of(stored), entryCount: entryCount)
    }

    // MARK: The end of the chunk

    /// The chunk as it goes into the file; the encoder starts anew.
    func takeChunk(with workspace: Workspace) -> EncodedChunk {
        // A chunk of nulls alone never had to decide.
        let way = way ?? ChunkWay(usesDictionary: false, encoding: .plain, codec: .none)
        for page in waiting { appendNulls(page, way, with: workspace) }
        var all: [EncodedPage] = []
        if let dictionary, dictionary.count > 0 {
            workspace.body.removeAll()
            workspace.body.append(dictionary.plainBytes)
            all.append(
                finish(.dictionary, .plain, entryCount: dictionary.count, codec: way.codec, workspace))
            if options.hasBloomFilter { hashes.add(dictionary.plainBytes, type: leaf.type) }
        }
        let statistics = Statistics(
            nullCount: pages.reduce(0) { $0 + $1.nullCount },
            nanCount: order == .double ? pages.reduce(0) { $0 + $1.nanCount } : nil, bounds: bounds, order: order)
        let chunk = EncodedChunk(
            leaf: leaf, codecNumber: way.codec.number, pages: all + pages, statistics: statistics,
            bloomFilter: options.hasBloomFilter ? hashes.filter() : nil)
        self.way = nil
        dictionary = nil
        dictionaryIsLeft = false
        plainValueByteCount = 0
        indexByteCount = 0
        waiting = []
        pages = []
        bounds = nil
        hashes = BloomHashes()
        return chunk
    }
}

/// One column of one row group, encoded.
struct EncodedChunk {
    let leaf: ParquetLeaf
    let codecNumber: Int
    /// The dictionary page first, where there is one.
    let pages: [EncodedPage]
    let statistics: Statistics
    let bloomFilter: BloomFilter?

    var rowCount: Int { pages.reduce(0) { $0 + $1.rowCount } }
}

/// When a dictionary is given up.
struct DictionaryLimits: Equatable, Sendable {
    /// The most bytes of distinct values.
    var byteCount: Int
}

extension ParquetType {
    /// Nil for booleans, which are as small as an index already.
    func makeDictionary() -> (any ValueDictionary)? {
        switch physical {
        case .boolean: nil
        case .int32: WordDictionary(isWide: false)
        case .int64, .double: WordDictionary(isWide: true)
        case .byteArray: BytesDictionary(fixedByteCount: nil)
        case .fixedLengthByteArray: BytesDictionary(fixedByteCount: fixedByteCount)
        }
    }
}
