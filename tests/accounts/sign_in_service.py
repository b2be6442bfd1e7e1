"""A small sign-in service of an organisation (OpenID Connect), run by the tests on loopback."""

import base64
import hashlib
import json
import threading
import time
import uuid
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "portal", "a secret that the service gave to the portal"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def jwk(key):
    """Return the public half of a key as a service tells it."""
    return json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))


class SignInService:
    """The service: whom it takes the browser for, and how it goes wrong. It holds the portal to PKCE, its secret and its address."""

    def __init__(self, address):
        self.address = address
        self.return_to = "http://testserver/accounts/sign-in-service/return/"
        self.subject, self.email, self.is_verified = "subject-1", "", True
        # What an identity token says otherwise than it should, by what key it is signed, and which addresses fail.
        self.changes, self.key, self.algorithm, self.broken = {}, KEY, "RS256", set()
        self.issuer = address
        # What the header of an identity token says beside its algorithm, and by which keys the service says that it signs.
        self.headers, self.keys = {"kid": "one"}, [jwk(KEY) | {"kid": "one", "alg": "RS256"}]
        self.is_address_in_token = True
        self.profile_changes, self.discovery_changes = {}, {}
        # Which addresses send on to another, and what some answer as it stands.
        self.redirects, self.bodies = set(), {}
        # Codes that wait to be brought back, which addresses were asked, and the secrets that were given away.
        self.codes, self.asked, self.given = {}, [], [CLIENT_SECRET, self.subject]

    def discovery(self):
        """Return what the service says of itself."""
        places = {"authorization": "authorize", "token": "token", "userinfo": "userinfo"}
        return {
            "issuer": self.issuer,
            "jwks_uri": f"{self.address}/jwks",
            **{f"{name}_endpoint": f"{self.address}/{place}" for name, place in places.items()},
            **self.discovery_changes,
        }

    def authorize(self, query):
        """Take the browser for whom it is told, and return where it is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(query).items()}
        assert asked["client_id"] == CLIENT_ID, asked
        assert asked["redirect_uri"] == self.return_to, asked
        assert asked["response_type"] == "code", asked
        assert asked["code_challenge_method"] == "S256", asked
        assert {"openid", "email"} <= set(asked["scope"].split()), asked
        code = uuid.uuid4().hex
        self.codes[code] = asked
        self.given.append(code)
        return f"{self.return_to}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, posted):
        """Return the tokens for a code, which is good for one time and for whoever holds the verifier and the secret."""
        asked = self.codes.pop(posted["code"])
        digest = hashlib.sha256(posted["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]
        assert (posted["client_id"], posted["client_secret"]) == (CLIENT_ID, CLIENT_SECRET)
        now = int(time.time())
        claims = {
            "iss": self.address,
            "aud": CLIENT_ID,
            "sub": self.subject,
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **(self.of_person() if self.is_address_in_token else {}),
        }
        claims = {name: value for name, value in (claims | self.changes).items() if value is not None}
        signed = jwt.encode(claims, self.key, algorithm=self.algorithm, headers=self.headers)
        self.given += ["open sesame", signed]
        return {"access_token": "open sesame", "token_type": "Bearer", "id_token": signed}

    def of_person(self):
        """Return the address of whom the browser is taken for."""
        return {"email": self.email, "email_verified": self.is_verified}

    def answer(self, path, posted):
        """Return what one address of the service answers."""
        if path == "/.well-known/openid-configuration":
            return self.discovery()
        if path == "/jwks":
            return {"keys": self.keys}
        if path == "/token":
            return self.token(posted)
        return {"sub": self.subject, **self.of_person(), **self.profile_changes}


def offer(service, settings):
    """Let the portal know of the service, as it is when nothing is wrong."""
    service.__init__(service.address)
    settings.OIDC_ISSUER, settings.OIDC_NAME = service.address, "NHSmail"
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT_ID, CLIENT_SECRET
    settings.PORTAL_ADDRESS = "http://testserver"
    return service


@contextmanager
def a_sign_in_service():
    """Run the service on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.reply(urlsplit(self.path).path)

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.reply(self.path, {name: values[0] for name, values in parse_qs(body).items()})

        def reply(self, path, posted=None):
            service.asked.append(path)
            if path in service.broken:
                self.send_error(503)
            elif path in service.redirects:
                self.send_response(307)
                self.send_header("Location", f"{service.address}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif path == "/authorize":
                self.send_response(302)
                self.send_header("Location", service.authorize(urlsplit(self.path).query))
                self.send_header("Content-Length", "0")
                self.end_headers()
            else:
                body = service.bodies.get(path) or json.dumps(service.answer(path, posted)).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *args):
            """Say nothing of each request."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service = SignInService(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
