"""Settings of the portal, read from the environment.

Without any environment the portal runs embedded: SQLite in `var/`, tasks in process, the cache in memory. `DATABASE_URL` and
`REDIS_URL` move the same code to PostgreSQL, Redis and Celery workers.
"""

# Each part of the settings is a module of its own; a settings module extends another by importing all of it.
from ldp_portal.settings.apps import *  # noqa: F403
from ldp_portal.settings.environment import *  # noqa: F403
from ldp_portal.settings.security import *  # noqa: F403
from ldp_portal.settings.services import *  # noqa: F403
from ldp_portal.settings.signing_in import *  # noqa: F403
from ldp_portal.settings.watching import *  # noqa: F403
