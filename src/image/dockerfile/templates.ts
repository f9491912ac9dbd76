import type { Kept } from './facts.ts';
import type { Language } from './language.ts';

/** An id that is not root's, as distroless images call it. */
const NOBODY = 'USER 65532:65532';

/** How the packages of a Node program are installed, by its lock file. */
const NODE_WITH = {
  npm: ['COPY package.json package-lock.json ./', 'RUN --mount=type=cache,target=/root/.npm npm ci'],
  yarn: [
    'COPY package.json yarn.lock ./',
    'RUN --mount=type=cache,target=/usr/local/share/.cache/yarn yarn install --frozen-lockfile',
  ],
  pnpm: [
    'COPY package.json pnpm-lock.yaml ./',
    'RUN --mount=type=cache,target=/root/.local/share/pnpm/store corepack enable && pnpm install --frozen-lockfile',
  ],
} as const;
const NODE_BUILD = {
  npm: 'RUN npm run build --if-present && npm prune --omit=dev',
  yarn: 'RUN yarn run build && yarn install --production --ignore-scripts --prefer-offline',
  pnpm: 'RUN pnpm run --if-present build && pnpm prune --prod',
} as const;

const managerOf = ({ files }: Kept) => (files.has('pnpm-lock.yaml') ? 'pnpm' : files.has('yarn.lock') ? 'yarn' : 'npm');

const JAVA_WITH = {
  maven: (version: string) => [
    `FROM maven:3.9-eclipse-temurin-${version} AS build`,
    'WORKDIR /src',
    'COPY pom.xml ./',
    'RUN --mount=type=cache,target=/root/.m2 mvn -B dependency:go-offline',
    'COPY src ./src',
    'RUN --mount=type=cache,target=/root/.m2 mvn -B -DskipTests package && mv target/*.jar app.jar',
  ],
  gradle: (version: string) => [
    `FROM gradle:8-jdk${version} AS build`,
    'WORKDIR /src',
    'COPY . .',
    'RUN --mount=type=cache,target=/home/gradle/.gradle gradle --no-daemon bootJar && mv build/libs/*.jar app.jar',
  ],
} as const;

const isGradle = ({ files }: Kept) => ['build.gradle', 'build.gradle.kts', 'gradlew'].some((name) => files.has(name));

/** Checks that the program listens, with what its image has: no shell and no curl. */
const nodeCheck = ({ port }: Kept) =>
  port === undefined
    ? undefined
    : `HEALTHCHECK CMD ["node", "-e", "require('net').connect(${port}).on('connect', () => process.exit(0)).on('error', () => process.exit(1))"]`;
const pythonCheck = ({ port }: Pick<Kept, 'port'>) =>
  port === undefined
    ? undefined
    : `HEALTHCHECK CMD ["python", "-c", "import socket; socket.create_connection(('127.0.0.1', ${port}), 3)"]`;

const LINES: Readonly<Record<Language, (kept: Kept) => readonly (string | undefined)[]>> = {
  go: ({ version = '1.25', expose }) => [
    `FROM golang:${version} AS build`,
    'WORKDIR /src',
    'COPY go.mod go.sum ./',
    'RUN --mount=type=cache,target=/go/pkg/mod go mod download',
    'COPY . .',
    'RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \\',
    '    CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /out/app .',
    '',
    'FROM gcr.io/distroless/static-debian12:nonroot',
    'WORKDIR /',
    'COPY --from=build /out/app /app',
    expose,
    NOBODY,
    'ENTRYPOINT ["/app"]',
  ],
  node: (kept) => {
    const { version = '24', folder, expose, start } = kept;
    const manager = managerOf(kept);
    return [
      `FROM node:${version} AS build`,
      `WORKDIR ${folder}`,
      ...NODE_WITH[manager],
      'COPY . .',
      NODE_BUILD[manager],
      '',
      `FROM node:${version}-slim`,
      `WORKDIR ${folder}`,
      'ENV NODE_ENV=production',
      `COPY --from=build --chown=node:node ${folder} ./`,
      expose,
      'USER node',
      nodeCheck(kept),
      start ?? 'CMD ["node", "server.js"]',
    ];
  },
  python: ({ version = '3.13', folder, expose, start, ...kept }) => [
    `FROM python:${version} AS build`,
    'RUN python -m venv /venv',
    'ENV PATH=/venv/bin:$PATH',
    'WORKDIR /src',
    'COPY requirements.txt ./',
    'RUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt',
    '',
    `FROM python:${version}-slim`,
    'ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1',
    `WORKDIR ${folder}`,
    'COPY --from=build /venv /venv',
    'COPY . .',
    expose,
    NOBODY,
    pythonCheck(kept),
    start ?? 'CMD ["python", "-m", "app"]',
  ],
  java: (kept) => {
    const { version = '21', expose } = kept;
    return [
      ...(isGradle(kept) ? JAVA_WITH.gradle : JAVA_WITH.maven)(version),
      '',
      `FROM eclipse-temurin:${version}-jre`,
      'WORKDIR /app',
      'COPY --from=build /src/app.jar ./',
      expose,
      NOBODY,
      'ENTRYPOINT ["java", "-jar", "/app/app.jar"]',
    ];
  },
  rust: ({ version = '1.90', expose }) => [
    `FROM rust:${version} AS build`,
    'WORKDIR /src',
    'COPY . .',
    'RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \\',
    '    cargo install --locked --path . --root /out',
    '',
    'FROM gcr.io/distroless/cc-debian12:nonroot',
    'WORKDIR /',
    'COPY --from=build /out/bin/ /usr/local/bin/',
    expose,
    NOBODY,
    '# The name of your binary.',
    'ENTRYPOINT ["/usr/local/bin/app"]',
  ],
  php: ({ version = '8.4', folder, expose, start }) => [
    'FROM composer:2 AS build',
    'WORKDIR /src',
    'COPY composer.json composer.lock ./',
    'RUN --mount=type=cache,target=/tmp/cache composer install --no-dev --no-scripts --prefer-dist --optimize-autoloader',
    '',
    `FROM php:${version}-fpm-alpine`,
    `WORKDIR ${folder}`,
    'COPY . .',
    `COPY --from=build /src/vendor ./vendor`,
    expose,
    'USER www-data',
    start ?? 'CMD ["php-fpm"]',
  ],
  dotnet: ({ version = '9.0', expose, start }) => [
    `FROM mcr.microsoft.com/dotnet/sdk:${version} AS build`,
    'WORKDIR /src',
    'COPY . .',
    'RUN --mount=type=cache,target=/root/.nuget/packages dotnet publish -c Release -o /out',
    '',
    `FROM mcr.microsoft.com/dotnet/aspnet:${version}`,
    'WORKDIR /app',
    'COPY --from=build /out ./',
    expose,
    'USER 1654',
    start ?? 'ENTRYPOINT ["dotnet", "app.dll"]',
  ],
};

/** A Dockerfile of two stages for a program of a language: the first builds it, the last holds what runs. */
export function dockerfileFor(language: Language, kept: Kept): string {
  const lines = LINES[language](kept).filter((line) => line !== undefined);
  return `${['# syntax=docker/dockerfile:1', ...lines].join('\n')}\n`;
}
