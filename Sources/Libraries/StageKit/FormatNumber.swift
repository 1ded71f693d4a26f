/// Counts up whenever a program's output for the same input and contract changes. It is part of the processing key
/// (design: deliveries, exactly), so that a new number makes every delivery pending again.
package let formatNumber = 1

/// What `--version` prints.
package let sluiceVersion = "0.1.0"
