"""Addresses of the directory."""

from django.urls import path, re_path

from directory import views

app_name = "directory"
urlpatterns = [
    path("contacts/", views.region_list, name="region_list"),
    path("contacts/<slug:slug>/", views.region_detail, name="region_detail"),
    path("organisations/", views.organisation_search, name="organisation_search"),
    path("manage/contacts/", views.contact_point_list, name="contact_point_list"),
    path("manage/contacts/<slug:region>/", views.contact_point_list, name="contact_point_list"),
    path("manage/contacts/<slug:region>/add/", views.contact_point_create, name="contact_point_create"),
    path("manage/contacts/<slug:region>/check/", views.contacts_check, name="contacts_check"),
    path("manage/contacts/<slug:region>/order/", views.contact_point_reorder, name="contact_point_reorder"),
    path("manage/contacts/<slug:region>/history/", views.contacts_history, name="contacts_history"),
    path("manage/contacts/<slug:region>/<int:pk>/", views.contact_point_edit, name="contact_point_edit"),
    path("manage/contacts/<slug:region>/<int:pk>/check/", views.contact_point_check, name="contact_point_check"),
    path("manage/contacts/<slug:region>/<int:pk>/remove/", views.contact_point_remove, name="contact_point_remove"),
    re_path(
        r"^manage/contacts/(?P<region>[-a-zA-Z0-9_]+)/(?P<pk>[0-9]+)/move/(?P<direction>up|down)/$",
        views.contact_point_move,
        name="contact_point_move",
    ),
    path("manage/contacts/<slug:region>/<int:pk>/history/", views.contact_point_history, name="contact_point_history"),
    path(
        "manage/contacts/<slug:region>/<int:pk>/history/<int:number>/",
        views.contact_point_version,
        name="contact_point_version",
    ),
    path("manage/areas/", views.footprint_list, name="footprint_list"),
    path("manage/areas/<int:number>/", views.footprint_edit, name="footprint_edit"),
    path("manage/areas/<int:number>/history/", views.footprint_history, name="footprint_history"),
    path("manage/areas/<int:number>/history/<int:version>/", views.footprint_version, name="footprint_version"),
    path("manage/organisations/", views.organisation_list, name="organisation_list"),
    path("manage/organisations/new/", views.organisation_create, name="organisation_create"),
    path("manage/organisations/merges/<int:pk>/undo/", views.organisation_merge_undo, name="organisation_merge_undo"),
    path("manage/organisations/<int:pk>/", views.organisation_detail, name="organisation_detail"),
    path("manage/organisations/<int:pk>/edit/", views.organisation_edit, name="organisation_edit"),
    path("manage/organisations/<int:pk>/close/", views.organisation_close, name="organisation_close"),
    path("manage/organisations/<int:pk>/reopen/", views.organisation_reopen, name="organisation_reopen"),
    path("manage/organisations/<int:pk>/merge/", views.organisation_merge, name="organisation_merge"),
    path("manage/organisations/<int:pk>/history/", views.organisation_history, name="organisation_history"),
    path("manage/organisations/<int:pk>/history/<int:number>/", views.organisation_version, name="organisation_version"),
]
