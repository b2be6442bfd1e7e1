"""Where every address begins."""

from allauth.account import urls as allauth_urls
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as apps
from allauth.mfa.webauthn import views as passkeys
from django.contrib import admin
from django.urls import include, path, register_converter
from django.views.generic import RedirectView

from core.converters import ReferenceConverter
from ldp_portal.home import home
from ldp_portal.manage import manage
from ldp_portal.metrics import metrics
from ldp_portal.status import effect_retry, status

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

_SECURITY = RedirectView.as_view(pattern_name="accounts:security_detail")
second_factor_urls = [
    path("sign-in/", factors.authenticate, name="mfa_authenticate"),
    path("again/", factors.reauthenticate, name="mfa_reauthenticate"),
    path("app/", apps.activate_totp, name="mfa_activate_totp"),
    path("app/remove/", apps.deactivate_totp, name="mfa_deactivate_totp"),
    path("codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("passkeys/add/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("passkeys/again/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    # Where allauth goes on to: pages of our own. Its page of codes would write when it is read.
    path("done/", _SECURITY, name="mfa_index"),
    path("passkeys/", _SECURITY, name="mfa_list_webauthn"),
    path("codes/", RedirectView.as_view(pattern_name="accounts:recovery_code_list"), name="mfa_view_recovery_codes"),
]

urlpatterns = [
    path("", home, name="home"),
    path("", include("core.urls")),
    path("", include("directory.urls")),
    path("manage/", manage, name="manage"),
    path("manage/status/", status, name="status"),
    path("manage/status/<int:pk>/again/", effect_retry, name="effect_retry"),
    path("metrics", metrics, name="metrics"),
    path("", include("framework.urls")),
    path("", include("interventions.urls")),
    path("", include("evaluation.urls")),
    path("", include("engagements.urls")),
    path("", include("accounts.urls")),
    path("accounts/", include(sign_in_urls)),
    path("accounts/second-factor/", include(second_factor_urls)),
    path("admin/", admin.site.urls),
]

handler400 = "core.faults.request_refused"
handler500 = "core.faults.page_broken"
