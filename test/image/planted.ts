import { bytesOf, file, gone, type MadeImage, type Packed } from './pack.ts';

/** What a test planted in an image, by the id of its finding: bytes, or 0 where it is no matter of size. */
export interface Planted {
  readonly name: string;
  readonly image: MadeImage;
  readonly finds: Readonly<Record<string, number>>;
  readonly language?: string;
}

const MB = 1_000_000;
const some = (path: string, megabytes: number): Packed[] => file(path, bytesOf(megabytes * MB, path));
const SAFE = { User: '65532', Healthcheck: { Test: ['CMD', 'true'] } };
const base = {
  by: '/bin/sh -c #(nop) ADD file:1f in / ',
  entries: [...file('etc/os-release', 'ID=debian\n'), ...file('bin/sh', bytesOf(300_000, 'sh'), { mode: 0o755 })],
};
const RUN = 'RUN /bin/sh -c';

/** Ten images, each with another kind of waste; the bytes are exact. */
export const PLANTED: readonly Planted[] = [
  {
    name: 'apt',
    image: {
      config: SAFE,
      layers: [
        base,
        {
          by: `${RUN} apt-get update && apt-get install -y curl # buildkit`,
          entries: [
            ...some('var/lib/apt/lists/debian_main_Packages', 3),
            ...some('var/cache/apt/archives/curl_8.deb', 1),
            ...some('var/cache/apt/pkgcache.bin', 1),
            ...some('usr/bin/curl', 1),
          ],
        },
      ],
    },
    finds: { 'apt-lists': 3 * MB, 'apt-cache': 2 * MB },
  },
  {
    name: 'deleted',
    image: {
      config: SAFE,
      layers: [
        base,
        {
          by: `${RUN} curl -O https://example.com/sdk.tgz`,
          entries: [...some('opt/sdk.tgz', 4), ...some('opt/kept', 1)],
        },
        { by: `${RUN} rm /opt/sdk.tgz`, entries: gone('opt/sdk.tgz') },
        { by: `${RUN} rm -rf /srv && cp new /opt/kept`, entries: some('opt/kept', 2).map((one) => ({ ...one })) },
      ],
    },
    finds: { 'deleted-later': 4 * MB, 'replaced-later': 1 * MB },
  },
  {
    name: 'chown',
    image: {
      config: SAFE,
      layers: [
        base,
        { by: 'COPY . /app # buildkit', entries: some('app/server.bin', 3) },
        { by: `${RUN} chown -R 1000 /app`, entries: some('app/server.bin', 3) },
      ],
    },
    finds: { 'owner-changed-later': 3 * MB },
  },
  {
    name: 'go',
    image: {
      config: { ...SAFE, Env: ['GOLANG_VERSION=1.24.3', 'PATH=/usr/local/go/bin:/bin'], Cmd: ['/app/server'] },
      layers: [
        base,
        { by: 'COPY /target/ / # buildkit', entries: some('usr/local/go/bin/go', 3) },
        {
          by: `${RUN} go build -o /app/server`,
          entries: [
            ...some('root/.cache/go-build/aa/1-d', 2),
            ...some('go/pkg/mod/example.com/lib@v1/lib.go', 1),
            ...some('app/server', 1),
          ],
        },
      ],
    },
    finds: { 'go-toolchain': 3 * MB, 'go-build-cache': 2 * MB, 'go-mod-cache': 1 * MB },
    language: 'go',
  },
  {
    name: 'node',
    image: {
      config: {
        Env: ['NODE_VERSION=22.14.0', 'NPM_TOKEN=npm_a8Fh20KdKs91LqPzXw73hdKq0plmNb2vT9aa'],
        Cmd: ['node', 'server.js'],
        WorkingDir: '/app',
        ExposedPorts: { '3000/tcp': {} },
      },
      layers: [
        base,
        {
          by: `${RUN} npm ci`,
          entries: [
            ...some('app/node_modules/express/index.js', 1),
            ...some('app/node_modules/typescript/lib/tsc.js', 3),
            ...some('app/node_modules/@types/node/index.d.ts', 1),
            ...some('root/.npm/_cacache/content-v2/aa', 2),
          ],
        },
        {
          by: 'COPY . . # buildkit',
          entries: [...file('app/.env', 'API_TOKEN=x'), ...some('app/.git/objects/pack/p.pack', 1)],
        },
      ],
    },
    finds: {
      'node-dev-packages': 4 * MB,
      'npm-cache': 2 * MB,
      'git-history': 1 * MB,
      'secret-files': 0,
      'secret-environment': 0,
      'no-user': 0,
      'no-healthcheck': 0,
    },
    language: 'node',
  },
  {
    name: 'python',
    image: {
      config: { ...SAFE, Env: ['PYTHON_VERSION=3.12.9'], Cmd: ['gunicorn', 'app:app'], WorkingDir: '/srv/app' },
      layers: [
        base,
        {
          by: `${RUN} apt-get install -y gcc git make libpq-dev`,
          entries: [
            ...some('usr/lib/gcc/x86_64-linux-gnu/12/cc1', 5),
            ...some('usr/bin/x86_64-linux-gnu-gcc-12', 1),
            ...some('usr/lib/git-core/git', 2),
            ...some('usr/bin/make', 1),
            ...some('usr/include/postgresql/libpq-fe.h', 6),
          ],
        },
        { by: `${RUN} pip install -r requirements.txt`, entries: [...some('root/.cache/pip/http/aa', 2)] },
      ],
    },
    finds: { compiler: 6 * MB, git: 2 * MB, make: 1 * MB, headers: 6 * MB, 'pip-cache': 2 * MB },
    language: 'python',
  },
  {
    name: 'java',
    image: {
      config: { ...SAFE, Entrypoint: ['java', '-jar', '/app/app.jar'], Env: ['JAVA_VERSION=jdk-21.0.6+7'] },
      layers: [
        base,
        {
          by: `${RUN} install-jdk`,
          entries: [...some('opt/java/openjdk/jmods/java.base.jmod', 3), ...some('opt/java/openjdk/lib/src.zip', 2)],
        },
        { by: `${RUN} mvn package`, entries: [...some('root/.m2/repository/org/x.jar', 3), ...some('app/app.jar', 2)] },
      ],
    },
    finds: { jdk: 5 * MB, 'maven-cache': 3 * MB },
    language: 'java',
  },
  {
    name: 'rust',
    image: {
      config: { ...SAFE, Env: ['RUST_VERSION=1.88.0'], Cmd: ['/usr/local/bin/app'] },
      layers: [
        base,
        { by: `${RUN} rustup`, entries: some('usr/local/rustup/toolchains/stable/lib/librustc.so', 4) },
        {
          by: `${RUN} cargo build --release`,
          entries: [
            ...some('usr/local/cargo/registry/cache/a.crate', 1),
            ...some('src/target/release/deps/libx.rlib', 2),
            ...some('usr/local/bin/app', 1),
          ],
        },
      ],
    },
    finds: { 'rust-toolchain': 4 * MB, 'cargo-cache': 1 * MB, 'rust-target': 2 * MB },
    language: 'rust',
  },
  {
    name: 'php',
    image: {
      config: { User: 'root:root', Env: ['PHP_VERSION=8.3.1'], Cmd: ['php-fpm'] },
      layers: [
        base,
        {
          by: `${RUN} |1 DB_PASSWORD=hunter2-Xy7q /bin/sh -c composer install`,
          entries: [
            ...some('root/.composer/cache/files/a.zip', 2),
            ...some('var/log/apache2/access.log', 1),
            ...some('tmp/build.tar', 2),
          ],
        },
      ],
    },
    finds: {
      'composer-cache': 2 * MB,
      logs: 1 * MB,
      'temp-files': 2 * MB,
      'secret-history': 0,
      'no-user': 0,
      'no-healthcheck': 0,
    },
    language: 'php',
  },
  {
    name: 'dotnet',
    image: {
      config: { ...SAFE, Entrypoint: ['dotnet', 'Shop.dll'], Env: ['DOTNET_VERSION=9.0.2'] },
      layers: [
        base,
        { by: `${RUN} install-sdk`, entries: some('usr/share/dotnet/sdk/9.0.200/csc.dll', 4) },
        {
          by: `${RUN} dotnet publish`,
          entries: [
            ...some('root/.nuget/packages/x/x.dll', 2),
            ...file('app/model.bin', bytesOf(2 * MB, 'model')),
            ...file('out/model.bin', bytesOf(2 * MB, 'model')),
          ],
        },
      ],
    },
    finds: { 'dotnet-sdk': 4 * MB, 'nuget-cache': 2 * MB, duplicates: 2 * MB },
    language: 'dotnet',
  },
];
