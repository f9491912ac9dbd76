FROM debian:12.5-slim
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
      # for the health check
      curl \
      ca-certificates \
    && rm -rf /var/lib/apt/lists/*
COPY shop /usr/local/bin/shop
USER 65532:65532
HEALTHCHECK --interval=5s CMD ["curl", "-f", "http://localhost:8080/health"]
ENTRYPOINT ["/usr/local/bin/shop"]
