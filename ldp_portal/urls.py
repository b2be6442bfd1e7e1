"""Where every address begins."""

from allauth.account import urls as allauth_urls
from django.contrib import admin
from django.urls import include, path, register_converter

from core.converters import ReferenceConverter
from ldp_portal.home import home
from ldp_portal.manage import manage
from ldp_portal.metrics import metrics

register_converter(ReferenceConverter, "reference")

# Of what allauth offers, only the ways in and out. An address is an identity that others name people by: nobody changes their own.
_SIGN_IN = {
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",
    "account_reauthenticate",
    "account_change_password",
    "account_set_password",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_request_login_code",
    "account_confirm_login_code",
}
sign_in_urls = [pattern for pattern in allauth_urls.urlpatterns if pattern.name in _SIGN_IN]

urlpatterns = [
    path("", home, name="home"),
    path("", include("core.urls")),
    path("", include("directory.urls")),
    path("manage/", manage, name="manage"),
    path("metrics", metrics, name="metrics"),
    path("", include("framework.urls")),
    path("", include("interventions.urls")),
    path("engagements/<reference:reference>/measures/", include("evaluation.urls")),
    path("", include("engagements.urls")),
    path("", include("accounts.urls")),
    path("accounts/", include(sign_in_urls)),
    path("admin/", admin.site.urls),
]

handler500 = "core.faults.page_broken"
