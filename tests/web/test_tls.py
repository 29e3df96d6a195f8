"""https by a certificate of our own making: real requests to `serve`, and what is said of one that is bad."""

from __future__ import annotations

import re
import ssl
import subprocess
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mine2magnet.core import api_keys
from mine2magnet.core.errors import UserError
from mine2magnet.core.settings import Settings
from mine2magnet.library.library import Library
from mine2magnet.web import tls
from tests.serving import PROGRAM, serving


def made(
    folder: Path, name: str = "server", days: int = 30, password: bytes | None = None
) -> tuple[str, str]:
    """The files of a certificate for localhost and 127.0.0.1, and of its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / f"{name}.pem", folder / f"{name}.key"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    hidden = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, hidden)
    )
    return str(files[0]), str(files[1])


def test_it_serves_https_with_secure_cookies_and_hsts(tmp_path: Path) -> None:
    certificate, key = made(tmp_path)
    secret, kept = api_keys.new("boss", ["admin"])
    folder = tmp_path / "library"
    library = Library.open(Settings(folder=folder))
    library.store.keys.put(kept)
    library.store.close()
    options = ("--tls-certificate", certificate, "--tls-key", key)
    with serving(folder, *options, certificate=certificate) as served:
        assert served.url.startswith("https://127.0.0.1:")
        with httpx.Client(
            base_url=served.url, verify=ssl.create_default_context(cafile=certificate), trust_env=False
        ) as client:
            page = client.get("/log-in")
            assert page.status_code == 200
            assert page.headers["strict-transport-security"] == "max-age=31536000"
            assert page.headers["set-cookie"].endswith("; Secure")
            entered = client.post("/log-in", data={"key": secret, "to": "/topics"})
            assert entered.status_code == 303
            cookie = next(c for c in entered.headers.get_list("set-cookie") if "log-in" in c)
            assert cookie.endswith("; Secure")
            assert client.get("/topics").status_code == 200
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            httpx.get(served.url, trust_env=False)
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(served.url.replace("https", "http"), trust_env=False)


def test_what_is_amiss_with_a_certificate_is_said(tmp_path: Path) -> None:
    certificate, key = made(tmp_path)
    tls.check(certificate, key)
    both = tmp_path / "both.pem"
    both.write_bytes(Path(certificate).read_bytes() + Path(key).read_bytes())
    tls.check(str(both))
    ended, its_key = made(tmp_path, "ended", days=-1)
    _, other_key = made(tmp_path, "other")
    _, hidden = made(tmp_path, "hidden", password=b"secret")
    nothing = tmp_path / "nothing.pem"
    nothing.write_text("nothing")
    for files, said in (
        ((str(tmp_path / "none.pem"), key), r"tls_certificate: .*none.pem cannot be read: No such file"),
        ((certificate, str(tmp_path / "none.key")), r"tls_key: .*none.key cannot be read: No such file"),
        ((str(nothing), key), "tls_certificate: .*nothing.pem holds no certificate"),
        ((certificate, other_key), "tls_key: .*other.key: it belongs to another certificate"),
        ((certificate, str(nothing)), "tls_key: .*nothing.pem: it holds no private key"),
        ((certificate, ""), "tls_key: .*server.pem: it holds no private key"),
        ((certificate, hidden), "tls_key: .*hidden.key has a password"),
        (
            (ended, its_key),
            r"tls_certificate: the certificate holds from \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d only",
        ),
    ):
        with pytest.raises(UserError) as refused:
            tls.check(*files)
        assert re.search(said, str(refused.value)), str(refused.value)


def test_serve_says_so_in_one_line_and_ends(tmp_path: Path) -> None:
    certificate, _ = made(tmp_path)
    command = [*PROGRAM, "--folder", str(tmp_path / "library"), "serve", "--port", "0"]
    ended = subprocess.run(
        [*command, "--tls-certificate", certificate, "--tls-key", "none.key"], capture_output=True, text=True
    )
    assert ended.returncode == 1
    assert ended.stderr.strip() == "Error: tls_key: none.key cannot be read: No such file or directory"
