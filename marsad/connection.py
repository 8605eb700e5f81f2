"""How to reach the broker, in aiokafka's words: addresses, TLS, SASL."""

import ssl
from typing import Any

from marsad.errors import Misuse
from marsad.settings import Settings


def client_options(settings: Settings) -> dict[str, Any]:
    """Give the keyword arguments that every aiokafka client takes. Raises Misuse where no broker is named."""
    if settings.broker is None:
        raise Misuse(
            "no broker named: give --broker HOST:PORT, or set MARSAD_BROKER or broker in marsad.toml"
        )
    return {"bootstrap_servers": settings.broker, **security_options(settings)}


def security_options(settings: Settings) -> dict[str, Any]:
    """Give the same without the addresses: what `EngineSettings.client` takes."""
    options: dict[str, Any] = {"security_protocol": settings.security_protocol}
    if settings.security_protocol.endswith("SSL"):
        options["ssl_context"] = _tls(settings)
    if settings.security_protocol.startswith("SASL"):
        options["sasl_mechanism"] = settings.sasl_mechanism
        options["sasl_plain_username"] = settings.sasl_username
        options["sasl_plain_password"] = settings.sasl_password
    return options


def _tls(settings: Settings) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=settings.ssl_cafile)
        context.check_hostname = settings.ssl_check_hostname
        if settings.ssl_certfile is not None:
            context.load_cert_chain(
                settings.ssl_certfile, settings.ssl_keyfile, settings.ssl_key_password or ""
            )
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        named = ", ".join(
            str(one) for one in (settings.ssl_cafile, settings.ssl_certfile, settings.ssl_keyfile) if one
        )
        raise Misuse(f"cannot use the TLS files ({named}): {error}") from None
    return context
