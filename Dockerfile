# The bot alone: `docker build -t fairlead .`; compose.yml runs it beside a socket proxy.
FROM node:24-alpine AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No script of any package is run: none is needed to build or to run the bot.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json rolldown.config.ts ./
COPY src ./src
COPY playground ./playground
RUN npm run build
RUN npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24-alpine
ENV NODE_ENV=production FAIRLEAD_CONFIG=/config/fairlead.yml DATABASE_URL=file:/data/fairlead.db
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
# Signed HTTP only; Socket Mode listens nowhere.
EXPOSE 3000
ENTRYPOINT ["node", "/app/dist/cli.js"]
CMD ["start"]
