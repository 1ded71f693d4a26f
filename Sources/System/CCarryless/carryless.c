#include "carryless.h"

#if defined(__x86_64__)
#include <immintrin.h>

int carryless_is_available(void) { return __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse2"); }

// The 16 bytes of `value`, carried over the distance that `powers` stand for.
__attribute__((target("pclmul,sse2"))) static inline __m128i carried(__m128i value, __m128i powers) {
    return _mm_xor_si128(_mm_clmulepi64_si128(value, powers, 0x00), _mm_clmulepi64_si128(value, powers, 0x11));
}

__attribute__((target("pclmul,sse2"))) void carryless_fold(
    uint64_t result[2], uint64_t register_value, const void *bytes, size_t step_count, const uint64_t far[2],
    const uint64_t near[2]) {
    enum { lanes = carryless_step_byte_count / sizeof(__m128i) };
    const __m128i *next = bytes;
    const __m128i over_step = _mm_loadu_si128((const __m128i *)far);
    const __m128i over_one = _mm_loadu_si128((const __m128i *)near);
    __m128i sums[lanes];
    for (int lane = 0; lane < lanes; lane++) sums[lane] = _mm_loadu_si128(next + lane);
    sums[0] = _mm_xor_si128(sums[0], _mm_cvtsi64_si128((long long)register_value));
    for (size_t step = 1; step < step_count; step++) {
        next += lanes;
        for (int lane = 0; lane < lanes; lane++) {
            sums[lane] = _mm_xor_si128(carried(sums[lane], over_step), _mm_loadu_si128(next + lane));
        }
    }
    __m128i sum = sums[0];
    for (int lane = 1; lane < lanes; lane++) sum = _mm_xor_si128(carried(sum, over_one), sums[lane]);
    _mm_storeu_si128((__m128i *)result, sum);
}

#else

int carryless_is_available(void) { return 0; }

void carryless_fold(
    uint64_t result[2], uint64_t register_value, const void *bytes, size_t step_count, const uint64_t far[2],
    const uint64_t near[2]) {
    (void)register_value, (void)bytes, (void)step_count, (void)far, (void)near;
    result[0] = result[1] = 0;
}

#endif
