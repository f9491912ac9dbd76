# hadolint global ignore=DL3059,DL3057 # they are wanted
# check=skip=JSONArgsRecommended
FROM debian:12
# hadolint ignore=DL3008,DL3009,DL3015
# and why
RUN apt-get update && apt-get install -y curl
RUN sudo true
# hadolint ignore=DL3004
RUN sudo true
CMD shop serve
