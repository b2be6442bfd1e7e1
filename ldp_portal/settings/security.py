"""What a browser may do with a page of the portal, and how it gets it."""

from csp.constants import NONCE, NONE, SELF, STRICT_DYNAMIC

from ldp_portal.settings.environment import DEBUG, flag

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        # Every script of a page carries the nonce of its answer, and what such a script loads is let in with it.
        "script-src": [NONCE, STRICT_DYNAMIC],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "report-uri": ["/csp-report/"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
# A page whose styles are missing is a poor page; without this it would be none, the one that says so included.
WHITENOISE_MANIFEST_STRICT = False
# Files of the portal are for its own pages.
WHITENOISE_ALLOW_ALL_ORIGINS = False
# A message may name somebody: it waits in the session rather than in a cookie.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# An email's link leads here from elsewhere, with the session. The scripts read the token of a form from its cookie (P01).
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "core.views.csrf_failure"

if not DEBUG:
    SECURE_SSL_REDIRECT = not flag("PORTAL_PLAIN_HTTP")
    # A probe stands beside the portal and speaks to it directly.
    SECURE_REDIRECT_EXEMPT = [r"^health/"]
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if flag("PORTAL_BEHIND_PROXY") else None
    SESSION_COOKIE_SECURE = not flag("PORTAL_PLAIN_HTTP")
    CSRF_COOKIE_SECURE = not flag("PORTAL_PLAIN_HTTP")
    if SESSION_COOKIE_SECURE:
        # A browser takes such a cookie over HTTPS alone, from this very host, for all of it: no neighbour can set one.
        SESSION_COOKIE_NAME = "__Host-sessionid"
        CSRF_COOKIE_NAME = "__Host-csrftoken"
