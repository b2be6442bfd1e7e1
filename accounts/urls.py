"""Addresses of accounts, beside those of signing in."""

from django.urls import path, re_path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("manage/people/", views.person_list, name="person_list"),
    path("manage/people/new/", views.person_create, name="person_create"),
    path("manage/people/<int:pk>/", views.person_edit, name="person_edit"),
    path("manage/people/<int:pk>/invite/", views.person_invite, name="person_invite"),
    path("manage/people/<int:pk>/history/", views.person_history, name="person_history"),
    path("manage/people/<int:pk>/leave/", views.person_leave, name="person_leave"),
    path("manage/people/<int:pk>/left/", views.person_left, name="person_left"),
    path("manage/people/<int:pk>/reactivate/", views.person_reactivate, name="person_reactivate"),
    path("manage/people/<int:pk>/sign-out/", views.person_sign_out, name="person_sign_out"),
    path("manage/people/<int:pk>/reset-factor/", views.person_reset_factor, name="person_reset_factor"),
    path("accounts/security/", views.security_detail, name="security_detail"),
    path("accounts/security/set-up/", views.second_factor_create, name="second_factor_create"),
    path("accounts/security/codes/", views.recovery_code_list, name="recovery_code_list"),
    path("accounts/security/passkeys/<int:pk>/remove/", views.passkey_remove, name="passkey_remove"),
    path("accounts/security/sessions/end/", views.session_end, name="session_end"),
    path("accounts/security/sessions/end-others/", views.session_end_others, name="session_end_others"),
    path("accounts/sign-in-service/", views.sign_in_service_begin, name="sign_in_service_begin"),
    path("accounts/sign-in-service/return/", views.sign_in_service_return, name="sign_in_service_return"),
    path("accounts/sign-in-service/disconnect/", views.sign_in_service_disconnect, name="sign_in_service_disconnect"),
    path("accounts/demonstration/", views.demonstration_sign_in, name="demonstration_sign_in"),
    path("accounts/preferences/", views.preferences_edit, name="preferences_edit"),
    path("accounts/invitation/ask/", views.invitation_ask, name="invitation_ask"),
    path("accounts/invitation/accept/", views.invitation_accept, name="invitation_accept"),
    # Whatever has become of a link on its way comes to the same page, slashes and line breaks in it included.
    re_path(r"^accounts/invitation/(?P<token>[\s\S]+)/$", views.invitation_detail, name="invitation_detail"),
]
