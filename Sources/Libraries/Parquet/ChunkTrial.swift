/// How the pages of a chunk are stored.
struct ChunkWay: Equatable {
    var usesDictionary: Bool
    /// With its level; `.none` where compression does not shrink the pages.
    var codec: ParquetCodec
}

/// Finds the smallest way to store a chunk by compressing its first page in each way that could win. The result
/// depends on the page alone, so that equal input gives equal files.
struct ChunkTrial {
    let type: ParquetType
    let codec: ParquetCodec
    let limits: DictionaryLimits

    /// A thorough level takes two to three times as long: it must save at least this share (1 / 16) to be chosen.
    private static let thoroughShare = 16

    /// The bytes of a page and of the dictionary it needs, before and after compression.
    private struct Cost {
        var plain: Int
        var stored: Int
    }

    func decide(
        _ values: UnsafeRawBufferPointer, valueCount: Int, isLast: Bool, with workspace: Workspace
    ) -> ChunkWay {
        let first = firstCodec
        let plain = plainCost(values, first, workspace)
        var best = ChunkWay(usesDictionary: false, codec: first)
        var cost = plain
        if let dictionary = makeDictionary(values, valueCount: valueCount, workspace) {
            let weight = isLast ? 1 : dictionary.growth
            let other = dictionaryCost(dictionary.values, weight: weight, first, workspace)
            if min(other.stored, other.plain) < min(plain.stored, plain.plain) {
                best.usesDictionary = true
                cost = other
            }
            if case .zstandard(nil) = codec, best.usesDictionary {
                let thorough = ParquetCodec.zstandard(level: ParquetCodec.thoroughLevel)
                let slow = dictionaryCost(dictionary.values, weight: weight, thorough, workspace)
                if isWorthIt(slow, than: cost) { (best.codec, cost) = (thorough, slow) }
            }
        }
        if case .zstandard(nil) = codec, !best.usesDictionary {
            let thorough = ParquetCodec.zstandard(level: ParquetCodec.thoroughLevel)
            let slow = plainCost(values, thorough, workspace)
            if isWorthIt(slow, than: cost) { (best.codec, cost) = (thorough, slow) }
        }
        if cost.stored >= cost.plain { best.codec = .none }
        return best
    }

    private var firstCodec: ParquetCodec {
        if case .zstandard(nil) = codec { return .zstandard(level: ParquetCodec.fastLevel) }
        return codec
    }

    private func isWorthIt(_ slow: Cost, than fast: Cost) -> Bool {
        slow.stored + slow.stored / (Self.thoroughShare - 1) < fast.stored
    }

    private func plainCost(_ values: UnsafeRawBufferPointer, _ codec: ParquetCodec, _ workspace: Workspace) -> Cost {
        workspace.body.removeAll()
        PlainEncoding.append(values, type: type, to: &workspace.body)
        return Cost(plain: workspace.body.count, stored: workspace.compressBody(codec).count)
    }

    /// The dictionary of the page, its indices in the workspace, and how much of it the next page would add again:
    /// nil when it is larger than the values themselves.
    private func makeDictionary(
        _ values: UnsafeRawBufferPointer, valueCount: Int, _ workspace: Workspace
    ) -> (values: any ValueDictionary, growth: Double)? {
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
        if dictionary.plainBytes.count + indexBytes >= values.count { return nil }
        // What the second half of the page added is what the next half pages will add, at most.
        let growth = Double(dictionary.count - countAtHalf) * 2 / Double(max(1, dictionary.count))
        return (dictionary, min(1, growth))
    }

    private func dictionaryCost(
        _ dictionary: any ValueDictionary, weight: Double, _ codec: ParquetCodec, _ workspace: Workspace
    ) -> Cost {
        let plain = dictionary.plainBytes.count
        let stored = workspace.compress(dictionary.plainBytes, codec).count
        workspace.body.removeAll()
        IndexEncoding.append(workspace.indices.bytes, valueCount: dictionary.count, to: &workspace.body)
        return Cost(
            plain: Int(Double(plain) * weight) + workspace.body.count,
            stored: Int(Double(stored) * weight) + workspace.compressBody(codec).count)
    }
}
