FROM node:20-alpine@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
WORKDIR /srv
COPY . /srv
RUN yarn install --frozen-lockfile
USER node
HEALTHCHECK CMD wget -q -O- localhost:3000/health || exit 1
CMD ["yarn", "start"]
