#pragma once

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

// Swift does not see macros that are put together from others.
enum { EVP_PKEY_WHOLE_KEYPAIR = EVP_PKEY_KEYPAIR };
