FROM scratch AS base
FROM alpine:3.20 AS base
COPY --from=base /a /b
FROM --platform=linux/amd64 alpine:latest AS Context
CMD ["a"]
CMD ["b"]
ENTRYPOINT ["c"]
ENTRYPOINT ["d"]
HEALTHCHECK CMD true
HEALTHCHECK CMD ["true"]
USER nobody
