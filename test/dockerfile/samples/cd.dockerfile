FROM debian:12
WORKDIR /src
RUN cd /src/lib && make install
WORKDIR tools
RUN cd lib && FLAG=1 make
RUN (cd /x && make)
USER 1000
HEALTHCHECK NONE
