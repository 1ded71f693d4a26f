#pragma once

#include <stddef.h>
#include <stdint.h>

// Swift has no way to the processor's carry-less multiplication, so these two functions are in C, and nothing else is.

// Whether this processor has the instruction.
int carryless_is_available(void);

// A step's length: eight registers of 16 bytes.
enum { carryless_step_byte_count = 128 };

// Shortens `step_count` steps of 128 bytes to 16 bytes that leave the same remainder by the polynomial of `far` and `near`.
// The first eight bytes are taken with `register_value` added to them. Bits are reflected: the lowest has the highest power.
//
//     far   x^(1024+63) and x^(1024-1) by the polynomial: carries 16 bytes over one step
//     near  x^(128+63) and x^(128-1): carries them over the 16 bytes that follow
//
// The powers are one too low, because the product of two reflected factors comes out one place too high.
// Call it only where the instruction is available, and with at least one step.
void carryless_fold(
    uint64_t result[2], uint64_t register_value, const void *bytes, size_t step_count, const uint64_t far[2],
    const uint64_t near[2]);
