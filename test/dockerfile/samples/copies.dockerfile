FROM alpine:3.20
COPY a b c
COPY a b c/
COPY a b .
COPY x.tar.gz /opt/
RUN tar -xzf /opt/x.tar.gz
WORKDIR app
ADD https://example.com/a.zip /a.zip
ADD rootfs.tar.xz /
ADD --chown=1000 conf /etc/shop
ADD $FILE /x
USER 1000
HEALTHCHECK NONE
