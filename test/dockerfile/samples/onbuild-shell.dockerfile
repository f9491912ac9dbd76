FROM debian:12
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN curl -s https://example.com | tee /x
RUN echo one || true
RUN set -o pipefail && a | b
STOPSIGNAL SIGTERM
USER 1000
HEALTHCHECK NONE
CMD ["sh", "-c", "echo $HOME"]
