"""The Celery application: tasks run in process unless `REDIS_URL` is set."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ldp_portal.settings")

app = Celery("ldp_portal", task_cls="core.handover:PortalTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="jobs")
