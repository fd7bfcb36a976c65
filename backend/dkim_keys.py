"""DKIM keys (RFC 6376, RFC 8463): making one, keeping it, and the record that its domain publishes."""

import base64
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from contract.dkim import DkimAlgorithm

PrivateKey = RSAPrivateKey | Ed25519PrivateKey

RSA_BITS = 2048
RSA_EXPONENT = 65537


@dataclass(frozen=True, slots=True)
class KeyPair:
    """Both halves as text: `private` to be sealed, `public` as it stands in the record."""

    private: str
    public: str


def make_pair(algorithm: DkimAlgorithm) -> KeyPair:
    """A new key; an RSA one takes about a tenth of a second."""
    if algorithm is DkimAlgorithm.RSA:
        rsa = generate_private_key(RSA_EXPONENT, RSA_BITS)
        public = rsa.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return KeyPair(_kept(rsa), base64.b64encode(public).decode())
    short = Ed25519PrivateKey.generate()
    public = short.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return KeyPair(_kept(short), base64.b64encode(public).decode())


def _kept(key: PrivateKey) -> str:
    return base64.b64encode(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())).decode()


def read_private(kept: str) -> PrivateKey:
    """What `make_pair` wrote. It was ours and sealed, so it is not checked again, which would be slow."""
    key = load_der_private_key(base64.b64decode(kept), None, unsafe_skip_rsa_key_validation=True)
    assert isinstance(key, PrivateKey)
    return key


def ascii_domain(address: str) -> str:
    """The domain of an address as DNS knows it."""
    domain = address.rpartition("@")[2].lower()
    return domain if domain.isascii() else domain.encode("idna").decode()


def record_name(selector: str, from_email: str) -> str:
    """Where the record stands."""
    return f"{selector}._domainkey.{ascii_domain(from_email)}"


def record_value(algorithm: DkimAlgorithm, public: str) -> str:
    """What it says."""
    return f"v=DKIM1; k={algorithm}; p={public}"
