package import Bytes

extension JSONText {
    /// Appends the content of a string, escaped, without quotes, growing the room as needed. `bytes` must be valid UTF-8.
    package static func appendEscaped(_ bytes: UnsafeRawBufferPointer, to room: inout ByteRoom) {
        // Six bytes for one at most: a control character.
        room.reserve(bytes.count * 6)
        for byte in bytes {
            if byte >= 0x20, byte != 0x22, byte != 0x5C {
                room.append(reserved: byte)
                continue
            }
            room.append(reserved: 0x5C)
            switch byte {
            case 0x22, 0x5C: room.append(reserved: byte)
            case 0x08: room.append(reserved: 0x62)
            case 0x09: room.append(reserved: 0x74)
            case 0x0A: room.append(reserved: 0x6E)
            case 0x0C: room.append(reserved: 0x66)
            case 0x0D: room.append(reserved: 0x72)
            default:
                room.append("u00")
                room.append(reserved: 0x30 + (byte >> 4))
                room.append(reserved: byte & 0xF < 10 ? 0x30 + byte & 0xF : 0x57 + byte & 0xF)
            }
        }
    }
}
