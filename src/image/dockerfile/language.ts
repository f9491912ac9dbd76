import type { ImageConfig } from '../config.ts';
import { Folder, nodeAt } from '../layer/tree.ts';

export const LANGUAGES = ['go', 'node', 'python', 'java', 'rust', 'php', 'dotnet'] as const;
export type Language = (typeof LANGUAGES)[number];

/** What an image is built with. */
export interface Found {
  readonly language: Language;
  /** `22.14`, as its base image says it; undefined where it does not. */
  readonly version: string | undefined;
}

/** Variables that official base images set. */
const VARIABLES: readonly (readonly [string, Language])[] = [
  ['GOLANG_VERSION', 'go'],
  ['RUST_VERSION', 'rust'],
  ['DOTNET_VERSION', 'dotnet'],
  ['ASPNET_VERSION', 'dotnet'],
  ['DOTNET_SDK_VERSION', 'dotnet'],
  ['PHP_VERSION', 'php'],
  ['JAVA_VERSION', 'java'],
  ['PYTHON_VERSION', 'python'],
  ['NODE_VERSION', 'node'],
];

/** The program that is started. */
const PROGRAMS: readonly (readonly [RegExp, Language])[] = [
  [/^(?:node|npm|npx|yarn|pnpm|next|tsx)$/u, 'node'],
  [/^(?:python[\d.]{0,5}|gunicorn|uvicorn|flask|celery|hypercorn|django-admin)$/u, 'python'],
  [/^(?:java|mvn|gradle|gradlew)$/u, 'java'],
  [/^(?:php|php-fpm|apache2-foreground|docker-php-entrypoint)$/u, 'php'],
  [/^dotnet$/u, 'dotnet'],
  [/^(?:go)$/u, 'go'],
  [/^(?:cargo)$/u, 'rust'],
];

/** Files and folders that are there in any case. */
const PATHS: readonly (readonly [string, Language])[] = [
  ['usr/local/go/bin/go', 'go'],
  ['usr/lib/go/bin/go', 'go'],
  ['usr/local/cargo/bin/cargo', 'rust'],
  ['usr/share/dotnet/dotnet', 'dotnet'],
  ['usr/lib/dotnet/dotnet', 'dotnet'],
  ['usr/local/bin/php', 'php'],
  ['opt/java/openjdk/bin/java', 'java'],
  ['usr/lib/jvm', 'java'],
  ['app/node_modules', 'node'],
  ['usr/src/app/node_modules', 'node'],
  ['usr/local/bin/node', 'node'],
  ['usr/bin/node', 'node'],
  ['usr/local/bin/python3', 'python'],
];

/** Sources in the working directory. */
const SOURCES: readonly (readonly [string, Language])[] = [
  ['go.mod', 'go'],
  ['Cargo.toml', 'rust'],
  ['package.json', 'node'],
  ['requirements.txt', 'python'],
  ['pyproject.toml', 'python'],
  ['pom.xml', 'java'],
  ['build.gradle', 'java'],
  ['build.gradle.kts', 'java'],
  ['composer.json', 'php'],
];

/** Finds what an image is built with: by its program, the variables of its base image, its sources, its tools. */
export function findLanguage(config: ImageConfig, root: Folder): Found | undefined {
  const { Env = [], Entrypoint = [], Cmd = [], WorkingDir = '' } = config.config ?? {};
  const version = (language: Language) => versionIn(Env, language);
  const found = (language: Language): Found => ({ language, version: version(language) });
  for (const word of [...Entrypoint, ...Cmd].slice(0, 20)) {
    const program = word.slice(word.lastIndexOf('/') + 1);
    const known = PROGRAMS.find(([pattern]) => pattern.test(program));
    if (known) return found(known[1]);
    if (/\.(?:jar|war)$/u.test(word)) return found('java');
    if (word.endsWith('.dll')) return found('dotnet');
  }
  const set = new Set(Env.map((pair) => pair.split('=', 1)[0]));
  const byVariable = VARIABLES.find(([name]) => set.has(name));
  if (byVariable) return found(byVariable[1]);
  const folder = nodeAt(
    root,
    WorkingDir.split('/').filter((part) => part !== ''),
  );
  const bySource = SOURCES.find(([name]) => folder instanceof Folder && folder.entries.has(name));
  if (bySource) return found(bySource[1]);
  const byPath = PATHS.find(([path]) => nodeAt(root, path.split('/')) !== undefined);
  return byPath && found(byPath[1]);
}

/** A version as a base image's tag has it: two numbers, of Java and Node one. */
function versionIn(env: readonly string[], language: Language): string | undefined {
  for (const [name, of] of VARIABLES) {
    if (of !== language) continue;
    const value = env.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
    const [, major, minor] = /^(?:jdk-?|v)?(\d{1,3})(?:\.(\d{1,4}))?/u.exec(value) ?? [];
    if (major === undefined) continue;
    return language === 'java' || language === 'node' || minor === undefined ? major : `${major}.${minor}`;
  }
  return undefined;
}
