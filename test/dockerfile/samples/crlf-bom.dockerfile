# escape=\
FROM alpine:3.20
RUN apk add \
  bash=5.2.26-r0 \
  curl=8.9.0-r0
USER 1000
HEALTHCHECK NONE
CMD shop
