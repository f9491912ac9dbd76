ARG VERSION=3.20
FROM alpine:${VERSION}
run apk --no-cache add bash~5
copy shop /shop
User 1000
healthcheck none
cmd ["/shop"]
