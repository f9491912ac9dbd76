FROM alpine:3.20
RUN apk add --no-cache build-base=0.5-r3 linux-headers=6.6-r0 curl=8.9-r0
RUN apk add --no-cache --virtual .build gcc=13-r1 && make && apk del .build
USER 1000
HEALTHCHECK NONE
CMD ["/shop"]
