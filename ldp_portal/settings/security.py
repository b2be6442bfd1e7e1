"""What a browser may do with a page of the portal, and how it gets it."""

from csp.constants import NONCE, NONE, SELF

from ldp_portal.settings.environment import DEBUG, flag

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
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
