# Marsad in one image: `docker build -t marsad .`, then `docker run marsad --help`.
# Two stages, so that neither pip's leftovers nor the sources are in what runs. Everything but /var/lib/marsad
# and /tmp may be read-only; no step needs root once it runs.
FROM python:3.13.7-slim-bookworm AS build
WORKDIR /src
COPY docker/build.sh docker/requirements.lock docker/
RUN sh docker/build.sh packages /opt/marsad
COPY pyproject.toml README.md LICENSE ./
COPY events events
COPY connectors connectors
COPY streams streams
COPY marsad marsad
RUN sh docker/build.sh marsad /opt/marsad

FROM python:3.13.7-slim-bookworm
LABEL org.opencontainers.image.title="marsad" \
      org.opencontainers.image.description="Stream processing for news feeds, Arabic first, on Kafka and Faust" \
      org.opencontainers.image.licenses="GPL-3.0-or-later"
# A fixed number, because Kubernetes cannot tell from a name that it is not root.
RUN groupadd --gid 10001 marsad \
 && useradd --uid 10001 --gid 10001 --home-dir /var/lib/marsad --no-create-home --shell /usr/sbin/nologin marsad \
 && install --directory --owner=10001 --group=10001 /var/lib/marsad
COPY --from=build /opt/marsad /opt/marsad
WORKDIR /srv/marsad
COPY LICENSE ./
COPY seeds seeds
ENV PATH=/opt/marsad/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MARSAD_DATA=/var/lib/marsad \
    MARSAD_CACHE=/var/lib/marsad/cache
USER 10001:10001
VOLUME ["/var/lib/marsad"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["marsad"]
CMD ["--help"]
