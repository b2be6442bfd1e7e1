"""Addresses of the framework."""

from django.urls import path

from framework import views

app_name = "framework"
urlpatterns = [
    path("framework/", views.domain_list, name="domain_list"),
    path("framework/<slug:slug>/", views.domain_detail, name="domain_detail"),
    path("manage/framework/", views.framework_list, name="framework_list"),
    path("manage/framework/domains/<slug:slug>/edit/", views.domain_edit, name="domain_edit"),
    path("manage/framework/domains/<slug:slug>/history/", views.domain_history, name="domain_history"),
    path("manage/framework/domains/<slug:slug>/history/<int:number>/", views.domain_version, name="domain_version"),
    path("manage/framework/domains/<slug:slug>/roles/new/", views.role_create, name="role_create"),
    path("manage/framework/domains/<slug:slug>/behaviours/new/", views.behaviour_create, name="behaviour_create"),
    path("manage/framework/roles/<int:pk>/edit/", views.role_edit, name="role_edit"),
    path("manage/framework/roles/<int:pk>/retire/", views.role_retire, name="role_retire"),
    path("manage/framework/roles/<int:pk>/history/", views.role_history, name="role_history"),
    path("manage/framework/roles/<int:pk>/history/<int:number>/", views.role_restore, name="role_restore"),
    path("manage/framework/behaviours/<int:pk>/edit/", views.behaviour_edit, name="behaviour_edit"),
    path("manage/framework/behaviours/<int:pk>/retire/", views.behaviour_retire, name="behaviour_retire"),
    path("manage/framework/behaviours/<int:pk>/history/", views.behaviour_history, name="behaviour_history"),
    path("manage/framework/behaviours/<int:pk>/history/<int:number>/", views.behaviour_restore, name="behaviour_restore"),
    path("manage/framework/steps/new/", views.step_create, name="step_create"),
    path("manage/framework/steps/<int:pk>/edit/", views.step_edit, name="step_edit"),
    path("manage/framework/steps/<int:pk>/retire/", views.step_retire, name="step_retire"),
    path("manage/framework/steps/<int:pk>/history/", views.step_history, name="step_history"),
    path("manage/framework/steps/<int:pk>/history/<int:number>/", views.step_restore, name="step_restore"),
    path("manage/framework/resources/new/", views.resource_create, name="resource_create"),
    path("manage/framework/resources/<slug:slug>/edit/", views.resource_edit, name="resource_edit"),
    path("manage/framework/resources/<slug:slug>/retire/", views.resource_retire, name="resource_retire"),
    path("manage/framework/resources/<slug:slug>/restore/", views.resource_restore, name="resource_restore"),
    path("manage/framework/resources/<slug:slug>/history/", views.resource_history, name="resource_history"),
    path("manage/framework/resources/<slug:slug>/history/<int:number>/", views.resource_version, name="resource_version"),
]
