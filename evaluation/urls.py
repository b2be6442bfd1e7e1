"""Addresses of the measures of one engagement."""

from django.urls import path

from evaluation import views

app_name = "evaluation"
urlpatterns = [
    path("", views.measure_list, name="measure_list"),
    path("new/", views.measure_create, name="measure_create"),
    path("<int:pk>/", views.measure_edit, name="measure_edit"),
    path("<int:pk>/remove/", views.measure_remove, name="measure_remove"),
]
