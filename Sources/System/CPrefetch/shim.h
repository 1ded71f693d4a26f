#pragma once

// Asks for the cache line at `place` without waiting for it. Any address is allowed, also one that is not mapped. Swift
// has no word for this; a load in its stead keeps the processor from going on.
static inline void sluice_prefetch(const void *place) { __builtin_prefetch(place); }
