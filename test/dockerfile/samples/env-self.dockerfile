FROM alpine:3.20
ENV HOME_DIR=/srv BIN=$HOME_DIR/bin
ENV PATH=/srv/bin:$PATH
ENV A=1
ENV A=2 B=${A}
LABEL Version="1" com.docker.x=1 org.opencontainers.image.title="shop"
ONBUILD ONBUILD RUN true
ONBUILD RUN true
USER 1000
HEALTHCHECK NONE
