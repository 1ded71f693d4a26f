#pragma once

// For ZSTD_c_literalCompressionMode, which the stable part of the header leaves out.
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

// Entropy-codes literals even where the parameters say speed first. Says no (an error code) where the library lacks it.
static inline size_t sluice_zstd_always_pack_literals(ZSTD_CCtx* context, int always) {
    return ZSTD_CCtx_setParameter(
        context, ZSTD_c_literalCompressionMode, always ? ZSTD_ps_enable : ZSTD_ps_auto);
}
