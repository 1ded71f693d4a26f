internal import Glibc

/// Which way sheet data is read.
package enum SheetRoad: Sendable {
    /// The scanner, and libxml2 from where that meets something unusual.
    case automatic
    /// libxml2 alone: slower, and the measure for the scanner.
    case reference
}

/// Hands out the rows of one sheet, from top to bottom, as cells that point into its memory.
///
/// The sheet is inflated by a thread of its own and scanned by the caller's, block by block: memory does not grow with
/// the number of rows.
package final class SheetReader {
    private enum State {
        case start
        case scanning(Place)
        /// `rowsToSkip` rows have been handed out by the scanner before.
        case parsing
        case finished
    }

    package let part: String
    private let text: SheetText
    private let limits: XLSXLimits
    private let batch = RowBatch()
    private var scanner: SheetScanner
    private var handler: SheetHandler
    private var parser: XMLPushParser
    private let resolver: CellResolver
    private var windows: PartWindows?
    private var state = State.start
    private var rowsToSkip = 0
    private var fallsBack = false
    private let road: SheetRoad

    private let mustHaveData: Bool

    /// Reads the sheet whose text `text` gives. `mustHaveData` is false for sheets that are no worksheets.
    init(
        _ text: SheetText, mustHaveData: Bool, strings: SharedStrings, styles: Styles, limits: XLSXLimits,
        road: SheetRoad
    ) {
        self.text = text
        part = text.part
        self.limits = limits
        self.road = road
        self.mustHaveData = mustHaveData
        resolver = CellResolver(strings: strings, styles: styles)
        scanner = SheetScanner(resolver: resolver, batch: batch)
        handler = SheetHandler(part: part, resolver: resolver, limits: limits)
        parser = XMLPushParser(part: part, handler: handler)
    }

    deinit { batch.deallocate() }

    /// The next row with or without cells, or nil at the end. Valid until the next call. Rows that the sheet leaves out
    /// are left out here: look at their numbers.
    package func nextRow() throws(XLSXError) -> SheetRow? {
        if batch.isEmpty, try !fill() { return nil }
        return batch.takeRow()
    }

    /// True when the sheet came by way of libxml2, at least in part.
    package private(set) var usedReferenceRoad = false

    /// The range that the sheet states as used; often wrong, sometimes missing. Known from the first row on.
    package var dimension: String? { handler.dimension }
    /// 0-based. Known from the first row on.
    package var hiddenColumns: [ClosedRange<Int>] { handler.hiddenColumns }
    /// Known behind the last row.
    package var mergedRanges: [CellRange] { handler.mergedRanges }

    /// How often each kind of warning was met so far.
    package var warnings: [(warning: XLSXWarning, count: Int)] {
        let formulas = usedReferenceRoad ? handler.formulasWithoutValue : scanner.formulasWithoutValue
        let missing = usedReferenceRoad ? handler.missingStrings : scanner.missingStrings
        return [(.formulaWithoutValue, formulas), (.missingSharedString, missing)].filter { $0.count > 0 }
    }

    /// Fills the batch; false at the end of the sheet.
    private func fill() throws(XLSXError) -> Bool {
        batch.removeAll()
        while batch.isEmpty {
            switch state {
            case .start: try open()
            case .scanning(let place): try scan(place)
            case .parsing: try parse()
            case .finished: return false
            }
        }
        batch.findStrings(resolver.strings)
        return true
    }

    private func openWindows() throws(XLSXError) -> PartWindows {
        let windows = try text.windows()
        self.windows = windows
        return windows
    }

    /// Reads the frame in front of the rows.
    private func open() throws(XLSXError) {
        if road == .reference { return try fallBack() }
        let windows = try openWindows()
        var place = Place(windows.start)
        while true {
            let isLast = try !windows.advance(keeping: place)
            place = Place(windows.start)
            switch XMLFrame.find("sheetData", place, windows.end, isLast: isLast) {
            case .needsMore:
                continue
            case .unusual:
                return try fallBack()
            case .found(let next, let isEmpty):
                try parser.feed(UnsafeRawBufferPointer(start: place, count: next - place))
                if isEmpty, handler.isPastData { return try close(from: next) }
                guard handler.isInSheetData, !isEmpty else { return try fallBack() }
                state = .scanning(next)
                return
            }
        }
    }

    private func scan(_ place: Place) throws(XLSXError) {
        guard let windows else { return try fallBack() }
        if fallsBack { return try fallBack() }
        switch scanner.scan(place, windows.end) {
        case .full(let rest):
            state = .scanning(rest)
        case .needsMore(let rest):
            // The rows of the batch point into the window: they go first.
            if !batch.isEmpty {
                state = .scanning(rest)
                return
            }
            do throws(XLSXError) {
                guard try windows.advance(keeping: rest) else { return try fallBack() }
            } catch .limitExceeded {
                // libxml2 comes to the same end, and knows the cell.
                return try fallBack()
            }
            state = .scanning(windows.start)
        case .finished(let rest):
            if !batch.isEmpty {
                state = .scanning(rest)
                return
            }
            try close(from: rest)
        case .unusual:
            fallsBack = true
            if batch.isEmpty { try fallBack() }
        }
    }

    /// Reads the frame behind the rows.
    private func close(from place: Place) throws(XLSXError) {
        guard let windows else { return }
        var place = place
        while true {
            try parser.feed(UnsafeRawBufferPointer(start: place, count: Place(windows.end) - place))
            guard try windows.advance(keeping: windows.end) else { break }
            place = Place(windows.start)
        }
        try parser.finish()
        try finish()
    }

    private func finish() throws(XLSXError) {
        if mustHaveData, !handler.isPastData, !handler.isWorksheet {
            throw .malformed(part: part, cell: nil, reason: "it is no worksheet: it has no sheetData")
        }
        state = .finished
        windows = nil
    }

    /// Begins the sheet anew with libxml2, which skips what has been handed out.
    private func fallBack() throws(XLSXError) {
        usedReferenceRoad = true
        rowsToSkip = scanner.rowCount
        handler = SheetHandler(part: part, resolver: resolver, limits: limits)
        parser = XMLPushParser(part: part, handler: handler)
        windows = nil
        _ = try openWindows()
        state = .parsing
    }

    private func parse() throws(XLSXError) {
        if handler.store.hasRows {
            rowsToSkip -= handler.store.skip(rowsToSkip)
            handler.store.move(to: batch)
            if !batch.isEmpty { return }
        }
        handler.resetStore()
        guard let windows else { return try finish() }
        do throws(XLSXError) {
            if try windows.advance(keeping: windows.end) {
                try parser.feed(UnsafeRawBufferPointer(start: windows.start, count: windows.end - windows.start))
            } else {
                // libxml2 may hold back rows until it knows that there is no more.
                self.windows = nil
                try parser.finish()
            }
        } catch {
            throw located(error)
        }
    }

    /// Adds the cell at hand to an error of the XML.
    private func located(_ error: XLSXError) -> XLSXError {
        guard case .malformed(let part, nil, let reason) = error else { return error }
        return .malformed(part: part, cell: handler.place, reason: reason)
    }
}

/// The text of a sheet. It is inflated from now on, so that much is at hand when the shared strings have been read.
final class SheetText {
    let part: String
    private let archive: ZipArchive
    private let entry: ZipEntry
    private let limits: XLSXLimits
    private var begun: PartWindows?

    init(_ archive: ZipArchive, part: String, limits: XLSXLimits) throws(XLSXError) {
        guard let entry = archive.entry(part) else { throw .damagedPart(part: part, reason: "it is missing") }
        self.part = part
        self.archive = archive
        self.entry = entry
        self.limits = limits
        begun = try open()
    }

    /// The text from its beginning, each time.
    func windows() throws(XLSXError) -> PartWindows {
        if let windows = begun.take() { return windows }
        return try open()
    }

    private func open() throws(XLSXError) -> PartWindows {
        try PartWindows(
            archive, entry, limits: limits, limit: limits.partBytes, limitName: "partBytes", isThreaded: true)
    }
}
