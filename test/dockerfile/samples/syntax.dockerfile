RUN true
FORM alpine
FROM alpine:3.20 as
COPY only
EXPOSE
CMD [ "a", "b"
USER 1000
HEALTHCHECK NONE
