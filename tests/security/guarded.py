"""A Kafka that lets nobody in without proof and nothing be done without a right: TLS, SASL, ACLs.

Only the broker itself is a super user. What is asked whether it serves is the plain listener, where nobody
is anybody: an anonymous client may do nothing at all.
"""

import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import trustme
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.admin import CreateAclsRequest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from marsad.access import COMPONENTS, Grant, grants
from marsad.kafka import EmbeddedKafka
from marsad.kafka.ports import HOST, free_port

BROKER, SECRET = "broker", "the-broker-s-own"
PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule"
SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"
# Numbers of the protocol: org.apache.kafka.common.acl.AclOperation, .resource.ResourceType, .PatternType.
OPERATIONS = {"Read": 3, "Write": 4, "Create": 5, "Describe": 8, "DescribeConfigs": 10}
RESOURCES = {"topic": 2, "group": 3}
PATTERNS = {"literal": 3, "prefix": 4}
ALLOW = 3


def password(user: str) -> str:
    """What a user proves itself with; nobody ever prints it."""
    return f"pw-of-{user}-5f1c"


def user_of(component: str) -> str:
    return f"marsad-{component}"


@dataclass
class Guarded:
    """The ports of the listeners, and the files of certificates below `folder`."""

    folder: Path
    tls: int
    sasl: int
    bare: int
    kafka: EmbeddedKafka

    @classmethod
    def make(cls, folder: Path, users: Iterable[str]) -> "Guarded":
        taken: set[int] = set()
        ports = []
        for _ in range(3):
            ports.append(free_port(taken))
            taken.add(ports[-1])
        _certificates(folder)
        users = list(users)
        scram = {user: password(user) for user in users}
        kafka = EmbeddedKafka(
            folder / "kafka", say=lambda line: None, more=_properties(folder, *ports, users), scram=scram
        )
        return cls(folder, *ports, kafka)

    def environment(self, user: str, mechanism: str = "SCRAM-SHA-512") -> dict[str, str]:
        """The settings of a program that runs as `user` over TLS, its password in a file."""
        secret = self.folder / f"{user}.password"
        secret.write_text(password(user) + "\n")
        return {
            "MARSAD_BROKER": f"{HOST}:{self.sasl}",
            "MARSAD_SECURITY_PROTOCOL": "SASL_SSL",
            "MARSAD_SASL_MECHANISM": mechanism,
            "MARSAD_SASL_USERNAME": user,
            "MARSAD_SASL_PASSWORD_FILE": str(secret),
            "MARSAD_SSL_CAFILE": str(self.folder / "ca.pem"),
        }

    def client(self, user: str, word: str | None = None) -> dict[str, object]:
        """The same as aiokafka's connection settings."""
        return {
            "bootstrap_servers": f"{HOST}:{self.sasl}",
            "security_protocol": "SASL_SSL",
            "sasl_mechanism": "PLAIN" if user == BROKER else "SCRAM-SHA-512",
            "sasl_plain_username": user,
            "sasl_plain_password": word or (SECRET if user == BROKER else password(user)),
            "ssl_context": ssl.create_default_context(cafile=self.folder / "ca.pem"),
        }

    async def allow(self, rights: Mapping[str, Iterable[Grant]]) -> None:
        """Write the ACLs of each user, as the broker's own user."""
        admin = AIOKafkaAdminClient(**self.client(BROKER))
        await admin.start()
        try:
            for user, granted in rights.items():
                for one in granted:
                    for operation in one.operations:
                        await _create_acl(admin, user, one, OPERATIONS[operation])
        finally:
            await admin.close()


async def _create_acl(admin: AIOKafkaAdminClient, user: str, grant: Grant, operation: int) -> None:
    answer = await admin._send_request(
        CreateAclsRequest(
            RESOURCES[grant.resource], grant.name, PATTERNS[grant.pattern], f"User:{user}", "*", operation,
            ALLOW,
        )
    )  # fmt: skip
    ((code, message),) = answer.creation_responses
    assert code == 0, message


def of_components(prefix: str) -> dict[str, tuple[Grant, ...]]:
    """Exactly the rights of marsad/access.py."""
    return {user_of(name): grants(one, prefix) for name, one in COMPONENTS.items()}


def _certificates(folder: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    trustme.CA().cert_pem.write_to_path(folder / "stranger-ca.pem")
    for name, issued in {
        "broker": authority.issue_cert(HOST, "localhost"),
        "tag": authority.issue_cert("marsad-tag.example", common_name="marsad-tag"),
    }.items():
        # Kafka reads PKCS #8 only.
        key = load_pem_private_key(issued.private_key_pem.bytes(), None).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        chain = b"".join(one.bytes() for one in issued.cert_chain_pems)
        (folder / f"{name}.pem").write_bytes(key + chain)


def _properties(folder: Path, tls: int, sasl: int, bare: int, users: list[str]) -> dict[str, str]:
    listeners = f"TLS://{HOST}:{tls},SASLTLS://{HOST}:{sasl},BARE://{HOST}:{bare}"
    known = " ".join(f'user_{name}="{password(name)}"' for name in users)
    ours = f'{PLAIN} required username="{BROKER}" password="{SECRET}" user_{BROKER}="{SECRET}"'
    found = {
        "listeners": listeners,
        "advertised.listeners": listeners,
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:SASL_PLAINTEXT,TLS:SSL,"
        "SASLTLS:SASL_SSL,BARE:SASL_PLAINTEXT",
        "inter.broker.listener.name": "BARE",
        "sasl.mechanism.inter.broker.protocol": "PLAIN",
        "sasl.mechanism.controller.protocol": "PLAIN",
        "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": f"User:{BROKER}",
        "allow.everyone.if.no.acl.found": "false",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(folder / "broker.pem"),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(folder / "ca.pem"),
        "listener.name.tls.ssl.client.auth": "required",
        "ssl.principal.mapping.rules": "RULE:^.*CN=([^,]+).*$/$1/,DEFAULT",
    }
    for listener in ("controller", "bare", "sasltls"):
        found[f"listener.name.{listener}.plain.sasl.jaas.config"] = f"{ours} {known};"
        for kind in ("scram-sha-256", "scram-sha-512"):
            found[f"listener.name.{listener}.{kind}.sasl.jaas.config"] = f"{SCRAM} required;"
    return found
