# The shop
FROM node:20
MAINTAINER dana@example.com
ENV DB_PASSWORD=hunter2
WORKDIR /app
ADD . .
# What it needs
RUN npm ci && npm run build
RUN apt-get update
RUN apt-get install curl
RUN rm -rf /var/lib/apt/lists/*
EXPOSE 3000
CMD node server.js
