FROM debian:12.5-slim
RUN apt-get update && apt-get install -y --no-install-recommends curl=7.88.1-10
COPY shop /shop
RUN apt-get install -y --no-install-recommends jq=1.6-2.1
USER 65532
HEALTHCHECK NONE
CMD ["/shop"]
