"""What the portal is made of: its apps, what happens around every page, its templates, its language."""

from ldp_portal.settings.environment import BASE_DIR

INSTALLED_APPS = [
    "core",
    "framework",
    "directory",
    "accounts",
    "interventions",
    "engagements",
    "evaluation",
    "ldp_portal",
    "crispy_forms",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "whitenoise.runserver_nostatic",
    "ldp_portal.backoffice.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
]

MIDDLEWARE = [
    "core.watch.RequestLogMiddleware",
    "core.watch.ProbeMiddleware",
    "core.watch.AnonymousMiddleware",
    "core.headers.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.Utf8Middleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "core.sessions.SessionTimesMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.accesses.RefusalsMiddleware",
    "core.second_factor.SecondFactorMiddleware",
    "core.middleware.KeepExpiredPostMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "core.middleware.FormDraftMiddleware",
    "core.middleware.OneTimeKeyMiddleware",
]

ROOT_URLCONF = "ldp_portal.urls"
WSGI_APPLICATION = "ldp_portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
            "builtins": ["django.templatetags.static", "core.templatetags.nhsuk", "core.templatetags.pages"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["nhsuk"]
CRISPY_TEMPLATE_PACK = "nhsuk"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["ldp_portal.formats"]
FIXTURES_DIR = BASE_DIR / "fixtures"
