"""Addresses of the core."""

from django.urls import path

from core import views
from core.csp_reports import csp_report

app_name = "core"
urlpatterns = [
    path("health/live", views.health_live, name="health_live"),
    path("health/ready", views.health_ready, name="health_ready"),
    path("csp-report/", csp_report, name="csp_report"),
    path("drafts/", views.draft_save, name="draft_save"),
    path("drafts/discard/", views.draft_discard, name="draft_discard"),
    path("session/", views.session_time, name="session_time"),
    path("demo/mail/", views.mail_list, name="mail_list"),
    path("demo/mail/<int:pk>/", views.mail_detail, name="mail_detail"),
]
