package import Bytes

/// What can be wrong with a Dagster Pipes session.
package enum PipesError: Error, Equatable {
    /// An environment variable or the context is not what the protocol says.
    case malformed(name: String, reason: String)
    /// The context cannot be read or the messages cannot be written.
    case io(IOError)

    /// One line for a person.
    package var message: String {
        switch self {
        case .malformed(let name, let reason): "\(name): \(reason)"
        case .io(let error): error.message
        }
    }
}
