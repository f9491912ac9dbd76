FROM node:20.11-slim
WORKDIR /app
COPY --chown=node . .
RUN --mount=type=cache,target=/root/.local/share/pnpm pnpm install --frozen-lockfile
USER node
HEALTHCHECK NONE
CMD ["node", "."]
