FROM ubuntu
RUN apt update && apt install -y vim
RUN apt-get update && apt-get install -y --no-install-recommends build-essential=12.9 && rm -rf /var/lib/apt/lists/*
RUN sudo service nginx start
RUN ln -sf /bin/bash /bin/sh
RUN useradd -u 1234567 shop
USER shop
