FROM debian:12
RUN echo "never closed && sudo true
RUN echo 'it is fine' "so is $(echo "this")" && echo ok
RUN echo \
  # a comment
  # another

  one \
  two
CMD ['node', 'x']
USER 1000
HEALTHCHECK NONE
