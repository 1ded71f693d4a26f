#pragma once

#include <sys/types.h>

// The C library declares it only with _GNU_SOURCE, which Swift's import of the C library does not set.
int sync_file_range(int descriptor, off_t offset, off_t byte_count, unsigned int flags);

// Begins to write this part of a file to the device and does not wait for it (SYNC_FILE_RANGE_WRITE).
static inline int sluice_begin_writeback(int descriptor, off_t offset, off_t byte_count) {
    return sync_file_range(descriptor, offset, byte_count, 2);
}
