"""TLS and SASL, each way that settings offer; and words, not traces, where proof fails."""

from pathlib import Path

import pytest

from marsad.kafka.ports import HOST
from tests.security.guarded import Guarded, password
from tests.security.programs import Programs

LIST = ("topics", "list", "-o", "json")


@pytest.fixture
def programs(guarded: Guarded, tmp_path: Path) -> Programs:
    return Programs(guarded, tmp_path, "lab.")


@pytest.mark.parametrize(
    ("mechanism", "tls"),
    [("PLAIN", True), ("SCRAM-SHA-256", True), ("SCRAM-SHA-512", True), ("PLAIN", False)],
    ids=["PLAIN", "SCRAM-256", "SCRAM-512", "PLAIN-without-TLS"],
)
async def test_each_mechanism_proves_who_we_are(programs: Programs, mechanism: str, tls: bool) -> None:
    more = {"MARSAD_SASL_MECHANISM": mechanism}
    if not tls:
        more |= {
            "MARSAD_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
            "MARSAD_BROKER": f"{HOST}:{programs.guarded.bare}",
        }
    code, out, told = await programs.run("topics", *LIST, **more)
    assert_seen(code, out, told)


def assert_seen(code: int, out: str, told: str) -> None:
    """The broker knew us: it answers, at worst that we may not see a topic."""
    assert code == 0 or "does not let us see" in told, told
    assert "Traceback" not in told
    assert password("marsad-topics") not in out + told


async def test_a_certificate_of_ours_is_proof_too(programs: Programs) -> None:
    certificate = str(programs.guarded.folder / "tag.pem")
    code, out, told = await programs.run(
        "tag", *LIST,
        MARSAD_SECURITY_PROTOCOL="SSL", MARSAD_BROKER=f"{HOST}:{programs.guarded.tls}",
        MARSAD_SSL_CERTFILE=certificate, MARSAD_SSL_KEYFILE=certificate,
    )  # fmt: skip
    assert_seen(code, out, told)


async def test_without_a_certificate_the_listener_for_them_lets_nobody_in(programs: Programs) -> None:
    code, _, told = await programs.run(
        "tag", *LIST, MARSAD_SECURITY_PROTOCOL="SSL", MARSAD_BROKER=f"{HOST}:{programs.guarded.tls}"
    )
    assert code == 1
    assert "Kafka" in told
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"MARSAD_SASL_PASSWORD": "wrong-8d1e"}, "TLS and SASL settings"),
        ({"MARSAD_SASL_USERNAME": "nobody"}, "TLS and SASL settings"),
        ({"MARSAD_SSL_CAFILE": "stranger-ca.pem"}, "TLS and SASL settings"),
        ({"MARSAD_SSL_CAFILE": "missing.pem"}, "TLS files"),
    ],
    ids=["password", "user", "authority", "file"],
)
async def test_what_does_not_fit_is_said_in_words(
    programs: Programs, fault: dict[str, str], words: str
) -> None:
    if "MARSAD_SSL_CAFILE" in fault:
        fault = {"MARSAD_SSL_CAFILE": str(programs.guarded.folder / fault["MARSAD_SSL_CAFILE"])}
    code, out, told = await programs.run("topics", *LIST, **fault)
    assert code in (1, 2)
    assert words in told
    assert "Traceback" not in told
    assert "wrong-8d1e" not in told
    assert out == ""


async def test_a_secret_by_file_is_in_force_and_never_shown(programs: Programs) -> None:
    code, out, told = await programs.run("topics", "config", "show", "-o", "json")
    assert code == 0
    assert "MARSAD_SASL_PASSWORD_FILE" in out
    assert password("marsad-topics") not in out + told
