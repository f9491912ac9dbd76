FROM debian:12
USER 1000
HEALTHCHECK NONE
ENTRYPOINT ["/shop", "--port", "$PORT"]
CMD shop serve
