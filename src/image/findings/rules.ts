/** One kind of leftover in the file system of an image. */
export interface Rule {
  readonly id: string;
  readonly title: string;
  readonly change: string;
}

const rule = (id: string, title: string, change: string): Rule => ({ id, title, change });

const STAGE = 'Build in one stage and copy only the result into the last one.';
const CACHE_MOUNT = (path: string) => `Add \`--mount=type=cache,target=${path}\` to the \`RUN\` that fills it.`;

const APT_LISTS = rule('apt-lists', 'apt package lists', 'End that `RUN` with `&& rm -rf /var/lib/apt/lists/*`.');
const APT = rule('apt-cache', 'apt package cache', 'End that `RUN` with `&& apt-get clean`.');
const APK = rule('apk-cache', 'apk cache', 'Use `apk add --no-cache`.');
const DNF = rule('dnf-cache', 'dnf and yum cache', 'End that `RUN` with `&& dnf clean all`, or `yum clean all`.');
const ZYPPER = rule('zypper-cache', 'zypper cache', 'End that `RUN` with `&& zypper clean --all`.');
const PIP = rule('pip-cache', 'pip cache', 'Use `pip install --no-cache-dir`.');
const PYTHON = rule('python-cache', 'cache of uv, Poetry or conda', CACHE_MOUNT('/root/.cache'));
const NPM = rule(
  'npm-cache',
  'npm cache',
  'End that `RUN` with `&& npm cache clean --force`, or mount a cache at `/root/.npm`.',
);
const YARN = rule('yarn-cache', 'yarn cache', 'End that `RUN` with `&& yarn cache clean`.');
const PNPM = rule('pnpm-store', 'pnpm store', CACHE_MOUNT('/root/.local/share/pnpm/store'));
const GO_BUILD = rule('go-build-cache', 'Go build cache', CACHE_MOUNT('/root/.cache/go-build'));
const GO_MOD = rule('go-mod-cache', 'Go module cache', CACHE_MOUNT('/go/pkg/mod'));
const CARGO = rule('cargo-cache', 'cargo registry', CACHE_MOUNT('/usr/local/cargo/registry'));
const MAVEN = rule('maven-cache', 'Maven repository', CACHE_MOUNT('/root/.m2'));
const GRADLE = rule('gradle-cache', 'Gradle cache', CACHE_MOUNT('/root/.gradle'));
const COMPOSER = rule('composer-cache', 'Composer cache', 'Use `composer install --no-cache`.');
const NUGET = rule('nuget-cache', 'NuGet packages', STAGE);
const GCC = rule('compiler', 'C compiler and binutils', STAGE);
const MAKE = rule('make', 'make and CMake', STAGE);
const GIT = rule('git', 'git', 'Fetch sources in a build stage, or leave git out of the last one.');
const HEADERS = rule('headers', 'headers and static libraries of -dev packages', STAGE);
const GO = rule('go-toolchain', 'Go toolchain', STAGE);
const RUST = rule('rust-toolchain', 'Rust toolchain', STAGE);
const RUST_TARGET = rule('rust-target', 'intermediate files of cargo', STAGE);
const JDK = rule('jdk', 'parts of a JDK that a JRE does not have', 'Run on a JRE: `eclipse-temurin:<version>-jre`.');
const DOTNET = rule('dotnet-sdk', '.NET SDK', 'Publish in a stage on `dotnet/sdk`, run on `dotnet/aspnet`.');
const JAVA_BUILD = rule('java-build-tools', 'Maven or Gradle', STAGE);
const NODE_DEV = rule(
  'node-dev-packages',
  'development packages of Node',
  'Install with `npm ci --omit=dev` in the last stage.',
);
const SOURCE_HISTORY = rule('git-history', 'history of the source (`.git`)', 'Add `.git` to `.dockerignore`.');
const TEMP = rule('temp-files', 'temporary files', 'Remove them in the `RUN` that makes them.');
const LOGS = rule('logs', 'log files', 'Remove them in the `RUN` that writes them.');
const PACKAGES = rule(
  'package-files',
  'package files that are installed already',
  'Remove them in the `RUN` that installs them.',
);
const DOCS = rule(
  'docs',
  'manuals and documentation',
  'Leave documentation out: `--no-install-recommends`, or a `slim` base.',
);

/** Folders by their absolute path. */
export const BY_PATH: ReadonlyMap<string, Rule> = new Map(
  Object.entries({
    '/var/lib/apt/lists': APT_LISTS,
    '/var/cache/apt': APT,
    '/var/cache/apk': APK,
    '/etc/apk/cache': APK,
    '/var/cache/dnf': DNF,
    '/var/cache/yum': DNF,
    '/var/cache/libdnf5': DNF,
    '/var/cache/zypp': ZYPPER,
    '/opt/conda/pkgs': PYTHON,
    '/usr/local/share/.cache/yarn': YARN,
    '/go/pkg/mod': GO_MOD,
    '/usr/local/cargo/registry': CARGO,
    '/usr/local/cargo/git': CARGO,
    '/usr/local/cargo': RUST,
    '/usr/local/rustup': RUST,
    '/usr/local/go': GO,
    '/usr/lib/go': GO,
    '/usr/lib/gcc': GCC,
    '/usr/libexec/gcc': GCC,
    '/usr/lib/git-core': GIT,
    '/usr/libexec/git-core': GIT,
    '/usr/include': HEADERS,
    '/usr/local/include': HEADERS,
    '/usr/share/maven': JAVA_BUILD,
    '/opt/maven': JAVA_BUILD,
    '/opt/gradle': JAVA_BUILD,
    '/usr/share/dotnet/sdk': DOTNET,
    '/usr/lib/dotnet/sdk': DOTNET,
    '/usr/lib64/dotnet/sdk': DOTNET,
    '/usr/share/dotnet/packs': DOTNET,
    '/home/gradle/.gradle': GRADLE,
    '/tmp': TEMP,
    '/var/tmp': TEMP,
    '/var/log': LOGS,
    '/usr/share/doc': DOCS,
    '/usr/share/man': DOCS,
    '/usr/share/info': DOCS,
  }),
);

/** Folders by the last two parts of their path, or by the last. */
export const BY_NAME: ReadonlyMap<string, Rule> = new Map(
  Object.entries({
    '.cache/pip': PIP,
    '.cache/uv': PYTHON,
    '.cache/pypoetry': PYTHON,
    '.cache/go-build': GO_BUILD,
    '.cache/yarn': YARN,
    '.cache/composer': COMPOSER,
    '.cache/node-gyp': NPM,
    '.composer/cache': COMPOSER,
    '.npm/_cacache': NPM,
    '.npm/_npx': NPM,
    'pnpm/store': PNPM,
    'pkg/mod': GO_MOD,
    '.cargo/registry': CARGO,
    '.cargo/git': CARGO,
    '.m2/repository': MAVEN,
    '.gradle/caches': GRADLE,
    '.nuget/packages': NUGET,
    '.pnpm-store': PNPM,
    '.rustup': RUST,
    '.git': SOURCE_HISTORY,
    jmods: JDK,
    'release/deps': RUST_TARGET,
    'release/build': RUST_TARGET,
    'debug/deps': RUST_TARGET,
    'debug/incremental': RUST_TARGET,
  }),
);

const COMPILERS =
  /^(?:[a-z0-9_]{1,20}-){0,4}(?:gcc|g\+\+|cc|c\+\+|cpp|c89|c99|gcov|gcc-ar|gcc-nm|gcc-ranlib|lto-dump|ld|ld\.bfd|ld\.gold|as|gold|dwp|gprof|objdump)(?:-\d{1,2})?$/u;
const MAKES = new Set(['make', 'gmake', 'cmake', 'ctest', 'cpack', 'ninja']);
const OF_JDK = new Set(['src.zip', 'ct.sym', 'javac', 'jshell', 'jlink', 'jpackage']);

/** The rule that a single file is a leftover by, where its folder says nothing. */
export function ruleOfFile(path: string, name: string): Rule | undefined {
  if (name.endsWith('.a') && /^\/usr\/(?:local\/)?lib/u.test(path)) return HEADERS;
  if (name.endsWith('.deb') || name.endsWith('.rpm')) return PACKAGES;
  if (OF_JDK.has(name) && /\/(?:jvm|java|openjdk)/u.test(path)) return JDK;
  if (path === `/${name}` && /^core(?:\.\d{1,10})?$/u.test(name)) return TEMP;
  if (path !== `/usr/bin/${name}` && path !== `/usr/local/bin/${name}`) return undefined;
  if (MAKES.has(name)) return MAKE;
  if (name === 'git' || name.startsWith('git-')) return GIT;
  return COMPILERS.test(name) ? GCC : undefined;
}

/** Folders directly in an application's `node_modules` that nothing needs once it is built. */
const DEV_PACKAGES = new Set(
  `@types @typescript-eslint @jest @vitest @storybook @babel/cli @swc/cli typescript webpack webpack-cli webpack-dev-server
 eslint jest ts-node ts-jest tsx vite vitest rollup prettier mocha chai sinon nyc nodemon cypress karma jasmine husky lint-staged
 stylelint tslint babel-loader ts-loader css-loader sass-loader typedoc playwright playwright-core electron parcel gulp grunt`.split(
    /\s+/u,
  ),
);

/** The rule that a folder is a leftover by; undefined for most. */
export function ruleOfFolder(path: string, parent: string, name: string): Rule | undefined {
  const known = BY_PATH.get(path) ?? BY_NAME.get(name);
  if (known) return known;
  const byTwo = BY_NAME.get(`${parent}/${name}`);
  if (byTwo) return byTwo;
  if (/^\/usr\/(?:lib\/(?:go|llvm)-[\d.]{1,10}|share\/cmake-[\d.]{1,10})$/u.test(path))
    return path.includes('/go-') ? GO : GCC;
  const isOfProgram = path.startsWith('/usr/lib') || path.startsWith('/usr/local/lib') || path.startsWith('/usr/share');
  return parent === 'node_modules' && DEV_PACKAGES.has(name) && !isOfProgram ? NODE_DEV : undefined;
}
