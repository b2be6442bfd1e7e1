# The portal as one image: web, worker, beat and one-shot commands run from it. Built in stages, so that it carries no compiler and no Node.

# Styles and scripts, compiled with the locked packages.
FROM node:20-bookworm-slim AS assets
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY scripts/build-assets.mjs scripts/
COPY static static
RUN npm run --silent build

# Python packages, each checked against its hash.
FROM python:3.11-slim-bookworm AS packages
COPY requirements.txt .
RUN python -m venv /opt/portal \
    && /opt/portal/bin/pip install --no-cache-dir --require-hashes --requirement requirements.txt \
    && rm -rf /opt/portal/bin/pip* /opt/portal/lib/python3.11/site-packages/pip

FROM python:3.11-slim-bookworm
WORKDIR /srv/portal
# What the portal needs of the system, and pg_dump for its back-ups, of the same release as the database.
COPY scripts/system-packages.txt /tmp/system-packages.txt
RUN apt-get update \
    && grep -v -e '^#' -e '^$' /tmp/system-packages.txt | sed 's/|.*//' \
    | xargs apt-get install --yes --no-install-recommends postgresql-client-15 \
    && rm -rf /var/lib/apt/lists/* /tmp/system-packages.txt \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin portal \
    && install -d -o portal -g portal var var/media backups
COPY --from=packages /opt/portal /opt/portal
COPY . .
COPY --from=assets /build/var/assets var/assets
ENV PATH=/opt/portal/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp
# The key is for this one command; a portal has its own from its environment.
RUN PORTAL_SECRET_KEY=used-while-the-image-is-built python manage.py collectstatic --noinput --verbosity 0
USER 10001
EXPOSE 8000
CMD ["gunicorn", "--no-control-socket", "--bind", "0.0.0.0:8000", "--workers", "2", "--timeout", "120", "--worker-tmp-dir", "/dev/shm", "ldp_portal.wsgi"]
