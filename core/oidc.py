"""Signing in at an organisation's own sign-in service, by OpenID Connect (docs/decisions/signing-in.md).

The steps are the authorisation code flow of OpenID Connect Core 1.0 with PKCE (RFC 7636). allauth does the asking and keeps the state;
here stands what it leaves out: a nonce, a signature that is always checked, and that both answers of the service are about one person.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import statekit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from requests import RequestException

if TYPE_CHECKING:
    from django.http import HttpRequest

logger = logging.getLogger(__name__)

SERVICE = "openid_connect"
SCOPE = ["openid", "email"]
# What a session says of somebody who came in this way.
METHOD = "socialaccount"
# Signatures that only the service can make: with the others, whoever knows the client secret could.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
NEEDED = ["iss", "aud", "exp", "iat", "sub"]
# Where the session holds whose identity at the service is still to be kept: their key, and by what the service knows them.
TO_KEEP = "oidc_to_keep"
# How far the clocks of the service and of the portal may differ, in seconds.
LEEWAY = 60
# For how long what the service says of itself is kept, and one that did not answer is left alone.
KEPT_SECONDS = 300
LEFT_ALONE_SECONDS = 10
# RFC 5321, and the column that holds an address.
MAX_ADDRESS_LENGTH = 254
PLACES = ("authorization_endpoint", "token_endpoint", "jwks_uri")
# What a service that is away, or answers anything at all, may make of a question.
FAULTS = (RequestException, OAuth2Error, jwt.PyJWTError, KeyError, TypeError, ValueError, AttributeError, RecursionError)


class NotAnswered(Exception):
    """Say that the service is away, or that what it answered does not hold. Only the kind of fault is told: the service's own words may name somebody."""

    def __init__(self, kind: str) -> None:
        """Note of what kind the fault was."""
        super().__init__(kind)
        logger.warning("The sign-in service of the organisation has not answered as it should: %s", kind)


class NotAsked(Exception):
    """Say that somebody brings an answer that this browser has not asked for, has brought before, or that says no."""


@dataclass(frozen=True)
class Identity:
    """Who the service says somebody is: by what it knows them, and their address where it has made sure of it."""

    subject: str
    email: str


class Service(OpenIDConnectOAuth2Adapter):
    """The one sign-in service that the settings name; none is ever read from the database."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request, SERVICE)
        self.app = SocialApp(
            provider=SERVICE,
            client_id=settings.OIDC_CLIENT_ID,
            secret=settings.OIDC_CLIENT_SECRET,
            settings={"server_url": settings.OIDC_ISSUER.rstrip("/")},
        )

    @cached_property
    def openid_config(self) -> dict[str, Any]:
        """Return what the service says of itself. It is asked once in some minutes; one that did not answer is left alone for some seconds."""
        key = f"oidc-{hashlib.sha256(settings.OIDC_ISSUER.encode()).hexdigest()}"
        found: dict[str, Any] | None = cache.get(key)
        if found is None:
            try:
                found = self.ask(self.get_provider().server_url)
                _refuse_unless_sound(found)
            except Exception:
                cache.set(key, {}, LEFT_ALONE_SECONDS)
                raise
            cache.set(key, found, KEPT_SECONDS)
        if not found:
            raise NotAnswered("a moment ago")
        return found

    def get_provider(self) -> OpenIDConnectProvider:
        """Return the service as allauth speaks to it."""
        return OpenIDConnectProvider(self.request, app=self.app)

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Return where the service sends people back to: below the address of the portal, whatever a request says."""
        return f"{settings.PORTAL_ADDRESS}{reverse('accounts:sign_in_service_return')}"

    def ask(self, address: str, **kwargs: Any) -> dict[str, Any]:
        """Return what the service answers at one of its addresses."""
        with get_adapter().get_requests_session() as session:
            response = session.get(address, **kwargs)
            response.raise_for_status()
        answer: dict[str, Any] = response.json()
        return answer

    def claims_of(self, token: str, *, nonce: str) -> dict[str, Any]:
        """Return what an identity token says, if the service made it, just now, for this portal, and for this very sign-in."""
        header = jwt.get_unverified_header(token)
        key = _key_of(header, self.ask(self.openid_config["jwks_uri"])["keys"])
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[header["alg"]],
            audience=settings.OIDC_CLIENT_ID,
            issuer=settings.OIDC_ISSUER,
            leeway=LEEWAY,
            options={"require": NEEDED},
        )
        if not secrets.compare_digest(str(claims.get("nonce", "")), nonce):
            raise NotAnswered("nonce")
        if claims.get("azp", settings.OIDC_CLIENT_ID) != settings.OIDC_CLIENT_ID:
            raise NotAnswered("azp")
        return claims


def is_offered() -> bool:
    """Tell whether people can sign in at a service of their organisation."""
    return bool(settings.OIDC_ISSUER)


def begin(request: HttpRequest, *, after: str) -> str:
    """Remember that somebody sets out to sign in, and return the address to lead them to; `after` is where they then want to be."""
    service = Service(request)
    challenge = generate_code_challenge()
    state = {"after": after, "nonce": secrets.token_urlsafe(32), "verifier": challenge.pop("code_verifier")}
    try:
        client = service.get_client(request, service.app)
        where = service.authorize_url
        client.state = statekit.stash_state(request, provider_id=SERVICE, state=state)
        query = client.get_redirect_url("", SCOPE, {**challenge, "nonce": state["nonce"]}).removeprefix("?")
        address = f"{where}{'&' if '?' in where else '?'}{query}"
    except FAULTS as error:
        raise NotAnswered(type(error).__name__) from error
    return address


def finish(request: HttpRequest) -> tuple[Identity, str]:
    """Return who has come back from the service, and where they wanted to be. What they bring is good for one time."""
    state = statekit.unstash_state(request, provider_id=SERVICE, state_id=request.GET.get("state", ""))
    if state is None or "code" not in request.GET:
        raise NotAsked
    service = Service(request)
    try:
        client = service.get_client(request, service.app)
        tokens = service.get_access_token_data(request, service.app, client, pkce_code_verifier=state["verifier"])
        claims = service.claims_of(tokens["id_token"], nonce=state["nonce"])
        said = claims if "email" in claims else _profile(service, tokens["access_token"], claims["sub"])
        identity = Identity(subject=_digest(claims["sub"]), email=_address(said))
    except FAULTS as error:
        raise NotAnswered(type(error).__name__) from error
    return identity, state["after"]


def _refuse_unless_sound(found: Any) -> None:
    """Take what a service says of itself only where it is the one of the settings, at addresses as safe as its own."""
    if not isinstance(found, dict) or found["issuer"] != settings.OIDC_ISSUER:
        raise NotAnswered("issuer")
    ways = ("https://",) if settings.OIDC_ISSUER.startswith("https://") else ("https://", "http://")
    told = [found[place] for place in PLACES] + ([found["userinfo_endpoint"]] if "userinfo_endpoint" in found else [])
    if not all(isinstance(address, str) and address.startswith(ways) and address.isprintable() for address in told):
        raise NotAnswered("addresses")


def _key_of(header: dict[str, Any], keys: list[dict[str, Any]]) -> jwt.PyJWK:
    """Return the key that a token says it is signed with; one that names none can only be signed with the one key that there is.

    A key need not say for which algorithm it is (RFC 7517): then it is the token's, which has to be one of `ALGORITHMS`.
    """
    signing = [key for key in keys if key.get("use", "sig") == "sig"]
    found = [key for key in signing if "kid" not in header or key.get("kid") == header["kid"]]
    algorithm = header["alg"]
    if len(found) != 1 or algorithm not in ALGORITHMS or found[0].get("alg", algorithm) != algorithm:
        raise NotAnswered("key")
    return jwt.PyJWK(found[0], algorithm=algorithm)


def _profile(service: Service, access_token: str, subject: str) -> dict[str, Any]:
    """Return what the service tells of somebody whose identity token holds no address, if it tells it of the same person."""
    said = service.ask(service.profile_url, headers={"Authorization": f"Bearer {access_token}"})
    if said["sub"] != subject:
        raise NotAnswered("sub")
    return said


def _address(said: dict[str, Any]) -> str:
    """Return the address that the service has made sure of, or nothing.

    One with letters of other alphabets is none: databases take some of them for ours when they ignore case.
    """
    # Some services write the word, others the value.
    is_verified = said.get("email_verified") is True or said.get("email_verified") == "true"
    address = str(said.get("email") or "")
    return address if is_verified and address.isascii() and len(address) <= MAX_ADDRESS_LENGTH else ""


def _digest(subject: str) -> str:
    """Return by what somebody's identity at the service is kept: of one length, and telling nothing of them."""
    return hashlib.sha256(subject.encode()).hexdigest()
