package import Bytes

/// What can be wrong with a workbook. The payloads say where: the part of the package (`xl/worksheets/sheet1.xml`)
/// and, in sheet data, the cell (`B7`).
package enum XLSXError: Error, Equatable {
    /// The file could not be read.
    case io(IOError)
    /// The file is no workbook at all; `reason` says what it seems to be.
    case notAWorkbook(reason: String)
    /// The workbook is protected by a password to open it.
    case encrypted
    /// A spreadsheet of another format, such as `.xls` under an `.xlsx` name.
    case otherFormat(reason: String)
    /// The zip container is cut or damaged.
    case damagedZip(reason: String)
    /// A part is missing, or its bytes are not those that were stored (size, CRC-32, DEFLATE).
    case damagedPart(part: String, reason: String)
    /// A part is no well-formed XML, or says what no workbook can say.
    case malformed(part: String, cell: String?, reason: String)
    /// A part does what workbooks never do and attackers like to: a DOCTYPE, entities.
    case refused(part: String, reason: String)
    /// A part is beyond one of `XLSXLimits`; `limit` is that limit's name.
    case limitExceeded(part: String, cell: String?, limit: String, value: Int)

    /// One line for a person, without the file's name.
    package var message: String {
        switch self {
        case .io(let error): error.message
        case .notAWorkbook(let reason): "not a workbook: \(reason)"
        case .encrypted: "the workbook is encrypted (it needs a password to open); save it without a password"
        case .otherFormat(let reason): reason
        case .damagedZip(let reason): "damaged workbook: \(reason)"
        case .damagedPart(let part, let reason): "\(part): damaged: \(reason)"
        case .malformed(let part, let cell, let reason): "\(Self.place(part, cell)): \(reason)"
        case .refused(let part, let reason): "\(part): refused: \(reason)"
        case .limitExceeded(let part, let cell, let limit, let value):
            "\(Self.place(part, cell)): larger than the limit \(limit) of \(value)"
        }
    }

    private static func place(_ part: String, _ cell: String?) -> String {
        cell.map { "\(part): cell \($0)" } ?? part
    }
}

/// What was not as it should be in a workbook that could be read all the same. The raw values are the codes in reports.
package enum XLSXWarning: String, Sendable, CaseIterable {
    /// A formula cell that holds no computed value: null.
    case formulaWithoutValue = "excel.formulaWithoutValue"
    /// A shared string number that the workbook does not have: null.
    case missingSharedString = "excel.missingSharedString"
    /// A number cell whose text is no number: the text.
    case textInNumberCell = "excel.textInNumberCell"
    /// A date cell with a serial that is no day (negative, 60 in the 1900 system, beyond year 9999): the number.
    case serialIsNoDate = "excel.serialIsNoDate"
    /// A part that the workbook names and does not have, or that is broken, and that can be done without.
    case unreadablePart = "excel.unreadablePart"
    /// A sheet that cannot be read because its part or relationship is missing.
    case unreadableSheet = "excel.unreadableSheet"
}
