"""Addresses of the menu."""

from django.urls import path

from interventions import views

app_name = "interventions"
urlpatterns = [
    path("menu/", views.intervention_list, name="intervention_list"),
    path("menu/<slug:slug>/", views.intervention_detail, name="intervention_detail"),
    path("manage/offers/", views.offer_list, name="offer_list"),
    path("manage/offers/<slug:region>/", views.region_offer_list, name="region_offer_list"),
    path("manage/offers/<slug:region>/extras/new/", views.extra_create, name="extra_create"),
    path("manage/offers/<slug:region>/<slug:slug>/", views.offer_edit, name="offer_edit"),
    path("manage/offers/<slug:region>/<slug:slug>/check/", views.offer_check, name="offer_check"),
    path("manage/offers/<slug:region>/<slug:slug>/history/", views.offer_history, name="offer_history"),
    path("manage/offers/<slug:region>/<slug:slug>/history/<int:number>/", views.offer_version, name="offer_version"),
    path("manage/offers/<slug:region>/<slug:slug>/extra/", views.extra_edit, name="extra_edit"),
    path("manage/offers/<slug:region>/<slug:slug>/extra/retire/", views.extra_retire, name="extra_retire"),
    path("manage/offers/<slug:region>/<slug:slug>/extra/reinstate/", views.extra_reinstate, name="extra_reinstate"),
    path("manage/offers/<slug:region>/<slug:slug>/extra/history/", views.extra_history, name="extra_history"),
    path("manage/offers/<slug:region>/<slug:slug>/extra/history/<int:number>/", views.extra_version, name="extra_version"),
    path("manage/providers/", views.provider_list, name="provider_list"),
    path("manage/providers/new/", views.provider_create, name="provider_create"),
    path("manage/providers/<int:pk>/", views.provider_detail, name="provider_detail"),
    path("manage/providers/<int:pk>/edit/", views.provider_edit, name="provider_edit"),
    path("manage/providers/<int:pk>/leave/", views.provider_leave, name="provider_leave"),
    path("manage/providers/<int:pk>/retire/", views.provider_retire, name="provider_retire"),
    path("manage/providers/<int:pk>/reinstate/", views.provider_reinstate, name="provider_reinstate"),
    path("manage/providers/<int:pk>/remove/", views.provider_remove, name="provider_remove"),
    path("manage/providers/<int:pk>/history/", views.provider_history, name="provider_history"),
    path("manage/providers/<int:pk>/history/<int:number>/", views.provider_version, name="provider_version"),
    path("manage/menu/", views.menu_list, name="menu_list"),
    path("manage/menu/new/", views.intervention_create, name="intervention_create"),
    path("manage/menu/<slug:slug>/", views.intervention_edit, name="intervention_edit"),
    path("manage/menu/<slug:slug>/retire/", views.intervention_retire, name="intervention_retire"),
    path("manage/menu/<slug:slug>/reinstate/", views.intervention_reinstate, name="intervention_reinstate"),
    path("manage/menu/<slug:slug>/split/", views.intervention_split, name="intervention_split"),
    path("manage/menu/<slug:slug>/history/", views.intervention_history, name="intervention_history"),
    path("manage/menu/<slug:slug>/history/<int:number>/", views.intervention_version, name="intervention_version"),
    path("manage/menu/<slug:slug>/propose/", views.proposal_create, name="proposal_create"),
    path("manage/proposals/", views.proposal_list, name="proposal_list"),
    path("manage/proposals/new/", views.proposal_create, name="proposal_create"),
    path("manage/proposals/<int:pk>/", views.proposal_detail, name="proposal_detail"),
    path("manage/proposals/<int:pk>/withdraw/", views.proposal_withdraw, name="proposal_withdraw"),
    path("manage/proposals/<int:pk>/accept/", views.proposal_accept, name="proposal_accept"),
    path("manage/proposals/<int:pk>/decline/", views.proposal_decline, name="proposal_decline"),
]
