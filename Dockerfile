# The bot alone: `docker build -t fairlead .`; compose.yml runs it beside a socket proxy.
FROM node:24-alpine AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No script of any package is run: none is needed to build or to run the bot.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json rolldown.config.ts rolldown.lambda.config.ts ./
COPY rolldown.docker.ts rolldown.facades.ts rolldown.libraries.ts rolldown.licenses.ts rolldown.sbom.ts ./
COPY src ./src
COPY playground ./playground
RUN npm run build
RUN npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24-alpine
ENV NODE_ENV=production FAIRLEAD_CONFIG=/config/fairlead.yml DATABASE_URL=file:/data/fairlead.db
# Within the container only; 0.0.0.0:9464 for a Prometheus elsewhere.
ENV FAIRLEAD_STATUS_LISTEN=9464
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
# Signed HTTP only; Socket Mode listens nowhere.
EXPOSE 3000
# Whether the process answers. Not /readyz: what restarts the unhealthy, as a swarm does, would end a rollout while Slack is away.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD [ -z "$FAIRLEAD_STATUS_LISTEN" ] || wget -q -O /dev/null "http://127.0.0.1:${FAIRLEAD_STATUS_LISTEN##*:}/healthz"
ENTRYPOINT ["node", "/app/dist/cli.js"]
CMD ["start"]
