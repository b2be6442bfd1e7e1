"""Signing in: by email, with a password or a code sent to the address. Accounts are made by people who know the person, never by strangers."""

from ldp_portal.settings.environment import flag, said

# Ended after 30 minutes without use, and 12 hours at most: core/sessions.py.
SESSION_ENGINE = "core.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "core.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_FORMS = {"request_login_code": "accounts.forms.CodeForm", "confirm_login_code": "accounts.forms.ConfirmCodeForm"}
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Systems Leadership Portal: "
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_SESSION_REMEMBER = False
# The package's own writes and reads more for an address that is known: its time would tell (S14). A person has one address here, and
# Django's link holds to it.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 - the name of a class
# Guesses are counted before anything is hashed, for each account whatever address they come from: ten an hour, and five at a time. Each
# address has its own limit besides. The owner gets in meanwhile by a code or by the link to a new password.
ACCOUNT_RATE_LIMITS = {
    "ask_for_link": "10/m/ip,3/h/key",
    "oidc": "60/m/ip",
    "login_failed": "10/m/ip,60/h/ip,5/10m/key,10/h/key",
    "login_code_failed": "10/h/key",
}
# How many servers of our own stand before the portal and add to X-Forwarded-For. With none, what that header says counts for nothing.
ALLAUTH_TRUSTED_PROXY_COUNT = int(said("PORTAL_PROXIES", "0"))
# “Is it you?” is asked before a step that matters, unless it was answered a short while ago.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60

# An organisation's own sign-in service (OpenID Connect), beside password and code; without an issuer there is none.
OIDC_ISSUER = said("PORTAL_OIDC_ISSUER")
OIDC_CLIENT_ID = said("PORTAL_OIDC_CLIENT_ID")
OIDC_CLIENT_SECRET = said("PORTAL_OIDC_CLIENT_SECRET")
OIDC_NAME = said("PORTAL_OIDC_NAME")
# Who has signed in is known by their session alone: what the service gives to ask it further is thrown away.
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_ADAPTER = "core.asking.ServiceAdapter"

# Second factors (docs/decisions/signing-in.md): admins always have one.
SECOND_FACTOR_FOR_CONSULTANTS = flag("PORTAL_SECOND_FACTOR_FOR_CONSULTANTS")
MFA_ADAPTER = "core.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Systems Leadership Portal"
MFA_FORMS = {
    "authenticate": "accounts.forms.FactorForm",
    "reauthenticate": "accounts.forms.FactorAgainForm",
    "activate_totp": "accounts.forms.AppForm",
    "add_webauthn": "accounts.forms.PasskeyForm",
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "core.passwords.ProductWordsValidator"},
]
