"""Addresses of what is measured and learned."""

from django.urls import include, path

from evaluation import views

app_name = "evaluation"

_one_engagement = [
    path("measures/", views.measure_list, name="measure_list"),
    path("measures/new/", views.measure_create, name="measure_create"),
    path("measures/<int:pk>/", views.measure_edit, name="measure_edit"),
    path("measures/<int:pk>/remove/", views.measure_remove, name="measure_remove"),
    path("measures/<int:pk>/target/", views.measure_retarget, name="measure_retarget"),
    path("measures/<int:pk>/drop/", views.measure_drop, name="measure_drop"),
    path("measures/<int:pk>/restore/", views.measure_restore, name="measure_restore"),
    path("measures/<int:pk>/contribution/", views.contribution_edit, name="contribution_edit"),
    path("measures/<int:pk>/results/new/", views.result_create, name="result_create"),
    path("results/", views.result_list, name="result_list"),
    path("results/plan/", views.results_plan, name="results_plan"),
    path("results/<int:pk>/", views.result_collect, name="result_collect"),
    path("results/<int:pk>/edit/", views.result_edit, name="result_edit"),
    path("results/<int:pk>/miss/", views.result_miss, name="result_miss"),
    path("results/<int:pk>/remove/", views.result_remove, name="result_remove"),
    path("feedback/", views.feedback_form_list, name="feedback_form_list"),
    path("feedback/new/<int:pk>/", views.feedback_form_create, name="feedback_form_create"),
    path("feedback/<int:pk>/", views.feedback_form_detail, name="feedback_form_detail"),
    path("feedback/<int:pk>/edit/", views.feedback_form_edit, name="feedback_form_edit"),
    path("feedback/<int:pk>/remove/", views.feedback_form_remove, name="feedback_form_remove"),
    path("feedback/<int:pk>/open/", views.feedback_form_open, name="feedback_form_open"),
    path("feedback/<int:pk>/extend/", views.feedback_form_extend, name="feedback_form_extend"),
    path("feedback/<int:pk>/close/", views.feedback_form_close, name="feedback_form_close"),
    path("feedback/<int:pk>/link/", views.feedback_link_renew, name="feedback_link_renew"),
    path("feedback/<int:pk>/cards/", views.feedback_cards, name="feedback_cards"),
    path("similar/", views.similar_list, name="similar_list"),
    path("timeline/", views.timeline_list, name="timeline_list"),
    path("timeline/new/<int:pk>/", views.session_create, name="session_create"),
    path("timeline/<int:pk>/", views.session_edit, name="session_edit"),
    path("timeline/<int:pk>/remove/", views.session_remove, name="session_remove"),
    path("learning/", views.learning_list, name="learning_list"),
    path("learning/new/", views.learning_create, name="learning_create"),
    path("learning/<int:pk>/", views.learning_edit, name="learning_edit"),
    path("learning/<int:pk>/remove/", views.learning_remove, name="learning_remove"),
    path("report/", views.report_detail, name="report_detail"),
    path("report.pdf", views.report_download, name="report_download"),
]

urlpatterns = [
    path("engagements/<reference:reference>/", include(_one_engagement)),
    path("learning/", views.library_list, name="library_list"),
    path("manage/learning/", views.learning_proposal_list, name="learning_proposal_list"),
    path("manage/learning/<int:pk>/accept/", views.learning_accept, name="learning_accept"),
    path("manage/learning/<int:pk>/decline/", views.learning_decline, name="learning_decline"),
    path("reports/", views.report_list, name="report_list"),
    path("reports/areas/<int:number>/", views.report_area_detail, name="report_area_detail"),
    path("reports/areas/<int:number>.pdf", views.report_area_download, name="report_area_download"),
    path("reports/regions/<slug:slug>/", views.report_region_detail, name="report_region_detail"),
    path("reports/regions/<slug:slug>.pdf", views.report_region_download, name="report_region_download"),
    path("feedback/thanks/", views.feedback_thanks, name="feedback_thanks"),
    path("feedback/plan/<str:fingerprint>-<int:number>/", views.feedback_plan, name="feedback_plan"),
    path("feedback/<str:token>/", views.feedback_give, name="feedback_give"),
]
