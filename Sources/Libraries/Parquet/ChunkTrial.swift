internal import Compression

/// How the pages of a chunk are stored.
struct ChunkWay: Equatable {
    var usesDictionary: Bool
    /// Of pages without a dictionary.
    var encoding: Encoding
    /// `.none` where compression does not shrink the pages.
    var codec: PageCodec
}

/// Finds a good way to store a chunk by compressing its first page in each way that could win. The result depends on
/// the page alone, so that equal input gives equal files.
struct ChunkTrial {
    let type: ParquetType
    let codec: ParquetCodec
    let limits: DictionaryLimits
    let wanted: ColumnEncoding

    private var encoding: Encoding { wanted.encoding(of: type) ?? .plain }

    /// What zstd without a level tries, fastest first, and the share of the bytes (1 / n) that the slower one must
    /// save to be chosen. One million order items (2026-11): on random identifiers the first is both fastest and
    /// smallest, on amounts the second; the third saves on texts, and takes three times as long on numbers for little.
    private var efforts: [(effort: ZstandardCompressor.Effort, share: Int)] {
        let isText = type.physical == .byteArray
        return [
            (.init(level: -3, packsLiterals: true), 1), (.init(level: 1), 32), (.init(level: 3), isText ? 32 : 8),
        ]
    }

    /// What is compressed with each effort: more of a page would not change the choice.
    private static let sampleByteCount = 256 << 10

    /// The bytes of a page and of the dictionary it needs, before and after compression.
    private struct Cost {
        var plain: Int
        var stored: Int

        /// What would be written: compression that does not shrink is left out.
        var least: Int { min(plain, stored) }
    }

    /// The dictionary of the page, and how much of it the next page would add again.
    private struct Distinct {
        let values: any ValueDictionary
        let growth: Double
    }

    func decide(
        _ values: UnsafeRawBufferPointer, valueCount: Int, isLast: Bool, with workspace: Workspace
    ) -> ChunkWay {
        let triesDictionary = wanted == .automatic || wanted == .dictionary
        let distinct = triesDictionary ? makeDistinct(values, valueCount: valueCount, workspace) : nil
        let weight = isLast ? 1 : distinct?.growth ?? 1
        func cost(usesDictionary: Bool, _ codec: PageCodec) -> Cost {
            guard usesDictionary, let distinct else { return plainCost(values, codec, workspace) }
            return dictionaryCost(distinct.values, weight: weight, codec, workspace)
        }
        var best = ChunkWay(usesDictionary: false, encoding: encoding, codec: comparingCodec)
        var bestCost = cost(usesDictionary: false, best.codec)
        if distinct != nil {
            let other = cost(usesDictionary: true, best.codec)
            if other.least < bestCost.least || wanted == .dictionary {
                best.usesDictionary = true
                bestCost = other
            }
        }
        if case .zstandard(nil) = codec {
            if best.usesDictionary, let distinct {
                assemble(distinct.values, workspace)
                best.codec = bestEffort(distinct.values, workspace)
            } else {
                assemble(values, workspace)
                best.codec = bestEffort(nil, workspace)
            }
        }
        if bestCost.stored >= bestCost.plain { best.codec = .none }
        return best
    }

    /// With what dictionary and plain values are compared.
    private var comparingCodec: PageCodec {
        switch codec {
        case .none: .none
        case .gzip(let level): .gzip(level: level)
        case .zstandard(let level): .zstandard(.init(level: level ?? 1))
        }
    }

    /// The effort for the page in the workspace, and for the dictionary it needs.
    private func bestEffort(_ dictionary: (any ValueDictionary)?, _ workspace: Workspace) -> PageCodec {
        var best = PageCodec.none
        var bestByteCount = Int.max
        for (effort, share) in efforts {
            let candidate = PageCodec.zstandard(effort)
            var byteCount = workspace.compress(Self.sample(workspace.body.bytes), candidate).count
            if let dictionary { byteCount += workspace.compress(Self.sample(dictionary.plainBytes), candidate).count }
            if best == .none || byteCount < bestByteCount - bestByteCount / share {
                (best, bestByteCount) = (candidate, byteCount)
            }
        }
        return best
    }

    private static func sample(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes.prefix(sampleByteCount))
    }

    /// Puts the page's values into the workspace's body.
    private func assemble(_ values: UnsafeRawBufferPointer, _ workspace: Workspace) {
        workspace.body.removeAll()
        ValueEncoding.append(values, type: type, encoding, to: &workspace.body)
    }

    /// Puts the page's indices into the workspace's body.
    private func assemble(_ dictionary: any ValueDictionary, _ workspace: Workspace) {
        workspace.body.removeAll()
        IndexEncoding.append(workspace.indices.bytes, valueCount: dictionary.count, to: &workspace.body)
    }

    private func plainCost(_ values: UnsafeRawBufferPointer, _ codec: PageCodec, _ workspace: Workspace) -> Cost {
        assemble(values, workspace)
        return Cost(plain: workspace.body.count, stored: workspace.compressBody(codec).count)
    }

    /// Nil when a dictionary is larger than the values themselves. Its indices are left in the workspace.
    private func makeDistinct(
        _ values: UnsafeRawBufferPointer, valueCount: Int, _ workspace: Workspace
    ) -> Distinct? {
        guard let dictionary = type.makeDictionary() else { return nil }
        var position = 0
        workspace.indices.removeAll()
        var countAtHalf = 0
        for half in [valueCount / 2, valueCount - valueCount / 2] {
            countAtHalf = dictionary.count
            let fits = dictionary.append(
                values, position: &position, count: half, byteLimit: limits.byteCount, to: &workspace.indices)
            if !fits { return nil }
        }
        let indexBytes = valueCount * RunLengthEncoding.width(of: max(1, dictionary.count - 1)) / 8
        let isSmaller = dictionary.plainBytes.count + indexBytes < values.count
        if !isSmaller, wanted != .dictionary { return nil }
        // What the second half of the page added is what the next half pages will add, at most.
        let growth = Double(dictionary.count - countAtHalf) * 2 / Double(max(1, dictionary.count))
        return Distinct(values: dictionary, growth: min(1, growth))
    }

    private func dictionaryCost(
        _ dictionary: any ValueDictionary, weight: Double, _ codec: PageCodec, _ workspace: Workspace
    ) -> Cost {
        let plain = dictionary.plainBytes.count
        let stored = workspace.compress(dictionary.plainBytes, codec).count
        assemble(dictionary, workspace)
        return Cost(
            plain: Int(Double(plain) * weight) + workspace.body.count,
            stored: Int(Double(stored) * weight) + workspace.compressBody(codec).count)
    }
}
