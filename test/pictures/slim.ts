import type { SlimResult } from '../../src/handlers/images/slim.ts';
import type { Finding } from '../../src/image/findings/finding.ts';
import { type Picture, timed } from './fixtures.ts';

const finding = (id: string, title: string, bytes: number, more: Partial<Finding>): Finding => ({
  id,
  title,
  bytes,
  layers: [],
  paths: [],
  more: 0,
  change: '',
  ...more,
});

const STEPS = [
  'ADD rootfs.tar.xz /',
  'RUN apt-get update && apt-get install -y --no-install-recommends git gcc make ca-certificates curl',
  'RUN curl -fsSL https://nodejs.example.com/node-v22.14.0-linux-x64.tar.xz | tar -xJ -C /usr/local --strip-components=1',
  'COPY package.json package-lock.json ./',
  'RUN npm ci',
  'COPY . .',
  'RUN chown -R node:node /app',
];

const slim: SlimResult = {
  ...timed,
  image: 'harbor.example.com/devops/shop:1.4.0',
  from: { at: 'host', name: 'web-1' },
  warnings: [],
  analysis: {
    bytes: 1_104_000_000,
    packedBytes: undefined,
    platform: 'linux/amd64',
    savedBytes: 640_200_000,
    odd: 0,
    language: 'node',
    layers: STEPS.map((step, index) => ({
      number: index + 1,
      bytes: [117e6, 261e6, 182e6, 412e3, 292e6, 62e6, 189e6][index] ?? 0,
      packedBytes: undefined,
      files: 1200 * (index + 1),
      step,
      cut: index === 4 ? 'the image has more than 300,000 files and folders' : undefined,
    })),
    findings: [
      finding('owner-changed-later', 'files of layer 5 that layer 7 copies to change owner or mode', 189e6, {
        layers: [5, 7],
        paths: [{ path: '/app/node_modules', bytes: 187e6 }],
        change: 'Use `COPY --chown=… --chmod=…` in layer 5 instead: a later `chown` stores every file again.',
      }),
      finding('compiler', 'C compiler and binutils', 171e6, {
        layers: [2],
        paths: [{ path: '/usr/lib/gcc', bytes: 121e6 }],
        change: 'Build in one stage and copy only the result into the last one.',
      }),
      finding('node-dev-packages', 'development packages of Node', 124e6, {
        layers: [7],
        change: 'Install with `npm ci --omit=dev` in the last stage.',
      }),
      finding('npm-cache', 'npm cache', 96e6, {
        layers: [5],
        change: 'End that `RUN` with `&& npm cache clean --force`, or mount a cache at `/root/.npm`.',
      }),
      finding('apt-lists', 'apt package lists', 19_200_000, {
        layers: [2],
        change: 'End that `RUN` with `&& rm -rf /var/lib/apt/lists/*`.',
      }),
      finding('secret-files', 'files that look like secrets', 0, {
        layers: [6],
        paths: [
          { path: '/app/.env', bytes: 412 },
          { path: '/app/config/production/credentials.json', bytes: 2400 },
        ],
        more: 3,
        change:
          'Use `RUN --mount=type=secret`, and list the file in `.dockerignore`. Deleting it later does not remove it: revoke it.',
      }),
      finding('no-user', 'it runs as root', 0, { change: 'End with `USER` and an id that is not 0: `USER 65532`.' }),
    ],
    biggest: {
      files: [{ path: '/usr/local/bin/node', bytes: 117e6 }],
      folders: [{ path: '/app/node_modules', bytes: 187e6 }],
    },
    dockerfile: [
      '# syntax=docker/dockerfile:1',
      'FROM node:22 AS build',
      'WORKDIR /app',
      'COPY package.json package-lock.json ./',
      'RUN --mount=type=cache,target=/root/.npm npm ci',
      'COPY . .',
      'RUN npm run build --if-present && npm prune --omit=dev',
      '',
      'FROM node:22-slim',
      'WORKDIR /app',
      'ENV NODE_ENV=production',
      'COPY --from=build --chown=node:node /app ./',
      'EXPOSE 3000',
      'USER node',
      'CMD ["node", "server.js"]',
      '',
    ].join('\n'),
  },
};

/** What `/dock slim` answers. */
export const SLIM: readonly Picture[] = [{ name: 'slim', command: 'slim', result: slim }];
