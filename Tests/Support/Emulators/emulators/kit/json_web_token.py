"""JSON Web Tokens signed with RS256 (RFC 7515, RFC 8017 section 8.2.2), checked with the standard library alone.

Only what a service needs: the public key of a PEM `SubjectPublicKeyInfo`, and the check of a signature.
"""

import base64
import binascii
import hashlib
import hmac
import json

SEQUENCE, INTEGER, BIT_STRING = 0x30, 0x02, 0x03
# DigestInfo of SHA-256: the bytes that stand before the digest in a PKCS #1 v1.5 signature.
SHA256_DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")


class TokenError(Exception):
    """What is wrong with a token or a key."""


class RSAPublicKey:
    def __init__(self, modulus, exponent):
        self.modulus = modulus
        self.exponent = exponent

    @classmethod
    def from_pem(cls, text):
        """The key between `BEGIN PUBLIC KEY` and `END PUBLIC KEY`."""
        body, found = [], False
        for line in text.splitlines():
            if line.strip() == "-----BEGIN PUBLIC KEY-----":
                found = True
            elif line.startswith("-----END"):
                break
            elif found:
                body.append(line.strip())
        if not found:
            raise TokenError("not a PEM public key (BEGIN PUBLIC KEY)")
        try:
            outer = element(base64.b64decode("".join(body), validate=True), SEQUENCE)[0]
            _, rest = element(outer, SEQUENCE)
            bits, _ = element(rest, BIT_STRING)
            numbers, _ = element(bits[1:], SEQUENCE)
            modulus, rest = element(numbers, INTEGER)
            exponent, _ = element(rest, INTEGER)
        except (binascii.Error, IndexError) as error:
            raise TokenError("the public key is cut or not DER") from error
        return cls(int.from_bytes(modulus, "big"), int.from_bytes(exponent, "big"))

    def signed(self, message, signature):
        """Whether the signature is this key's over the message."""
        length = (self.modulus.bit_length() + 7) // 8
        number = int.from_bytes(signature, "big")
        if len(signature) != length or number >= self.modulus:
            return False
        encoded = pow(number, self.exponent, self.modulus).to_bytes(length, "big")
        tail = SHA256_DIGEST_INFO + hashlib.sha256(message).digest()
        expected = b"\x00\x01" + b"\xff" * (length - len(tail) - 3) + b"\x00" + tail
        return hmac.compare_digest(encoded, expected)


def element(data, tag):
    """(content, rest) of the DER element that data begins with."""
    if data[0] != tag:
        raise TokenError("the public key is not an RSA SubjectPublicKeyInfo")
    length, start = data[1], 2
    if length & 0x80:
        start = 2 + (length & 0x7F)
        length = int.from_bytes(data[2:start], "big")
    if start + length > len(data):
        raise TokenError("the public key is cut")
    return data[start:start + length], data[start + length:]


def decoded(part):
    """The bytes of base64url without padding."""
    if "=" in part or "+" in part or "/" in part:
        raise TokenError("not base64url without padding")
    try:
        return base64.b64decode(part.replace("-", "+").replace("_", "/") + "=" * (-len(part) % 4), validate=True)
    except binascii.Error as error:
        raise TokenError("not base64url") from error


def read(token):
    """(header, claims) of a token, not yet verified."""
    parts = token.split(".")
    if len(parts) != 3:
        raise TokenError("a token has three parts")
    try:
        header, claims = json.loads(decoded(parts[0])), json.loads(decoded(parts[1]))
    except ValueError as error:
        raise TokenError("header and claims must be JSON") from error
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise TokenError("header and claims must be JSON objects")
    return header, claims


def verified(token, key):
    """(header, claims) of a token that the key signed with RS256; TokenError otherwise."""
    header, claims = read(token)
    if header.get("alg") != "RS256":
        raise TokenError("the algorithm must be RS256")
    message, _, signature = token.rpartition(".")
    if not key.signed(message.encode("ascii", "replace"), decoded(signature)):
        raise TokenError("the signature is not this key's")
    return header, claims
