FROM alpine:3.20
RUN <<EOF
echo one
USER 1000
