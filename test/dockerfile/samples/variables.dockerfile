ARG BASE=debian:12
FROM ${BASE} AS base
FROM base
ARG PACKAGES="curl jq"
RUN apt-get update && apt-get install -y --no-install-recommends $PACKAGES ./local.deb && rm -rf /var/lib/apt/lists/*
COPY --from=${STAGE} /x /x
WORKDIR $HOME
COPY x y
USER $UID
HEALTHCHECK NONE
