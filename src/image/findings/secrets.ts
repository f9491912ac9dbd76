import { createPace } from '../../paced/pace.ts';
import { type Redact, secretValues } from '../../policy/redact.ts';
import { isSecretPath } from '../../policy/secret-files.ts';
import { cut } from '../../text/cut.ts';
import type { ImageConfig } from '../config.ts';
import { Folder } from '../layer/tree.ts';
import { type Finding, Heap } from './finding.ts';

/** A file that is taken for a secret by its path, and the index of the layer that adds it. */
export interface SecretFile {
  readonly path: string;
  readonly bytes: number;
  readonly layer: number;
}

/** Folders of programs, whose tests and libraries are full of names such as `secrets.py`; and of every system. */
const NOT_LOOKED_AT = new Set(
  `/proc /sys /dev /usr/lib /usr/lib64 /usr/libexec /usr/share /usr/local/lib /usr/local/share /usr/local/go /usr/local/rustup
 /usr/local/cargo /usr/include /lib /lib64`.split(/\s+/u),
);
const NAMES_NOT_LOOKED_AT = new Set(['node_modules', 'site-packages', 'dist-packages']);
const OF_EVERY_SYSTEM = /^\/etc\/g?shadow-?$/u;
const MOST_FILES = 200;
const MOST_STEP = 20_000;
const MOST_NAMES = 50;

/** Looks for secret files in one layer: what a later one deletes can be read all the same. */
export async function secretFilesIn(root: Folder, layer: number): Promise<SecretFile[]> {
  const pace = createPace();
  const found: SecretFile[] = [];
  const open: { folder: Folder; path: string }[] = [{ folder: root, path: '' }];
  for (let place = open.pop(); place && found.length < MOST_FILES; place = open.pop()) {
    for (const [name, node] of place.folder.entries) {
      const path = `${place.path}/${name}`;
      if (node instanceof Folder) {
        if (!NOT_LOOKED_AT.has(path) && !NAMES_NOT_LOOKED_AT.has(name)) open.push({ folder: node, path });
      } else if (node.kind === 'file' && node.bytes > 0 && isSecretPath(path) && !OF_EVERY_SYSTEM.test(path))
        found.push({ path, bytes: node.bytes, layer });
      await pace();
    }
  }
  return found;
}

/** Findings of secret files, and of names of secrets in the environment and in the steps of the build; never values. */
export function findSecrets(config: ImageConfig, files: readonly SecretFile[], redact: Redact): Finding[] {
  const env = config.config?.Env ?? [];
  return [...inFiles(files), ...inEnvironment(env), ...inHistory(config, env, redact)];
}

function inFiles(files: readonly SecretFile[]): Finding[] {
  const heap = new Heap();
  for (const { path, bytes, layer } of files) heap.add({ path, bytes }, [layer]);
  const change =
    'Use `RUN --mount=type=secret`, and list the file in `.dockerignore`. Deleting it later does not remove it: revoke it.';
  return heap.isEmpty
    ? []
    : [{ ...heap.finding({ id: 'secret-files', title: 'files that look like secrets', change }), bytes: 0 }];
}

const isSecretPair = (pair: string) => pair.length < MOST_STEP && secretValues([pair]).length > 0;
const nameOf = (pair: string) => pair.slice(0, Math.max(0, pair.indexOf('=')));

function inEnvironment(env: readonly string[]): Finding[] {
  const names = env.filter(isSecretPair).map(nameOf);
  const change = 'Pass them when the container starts; everybody who can pull the image can read them.';
  return named({ id: 'secret-environment', title: 'secrets in the environment', change }, names, []);
}

function inHistory({ history }: ImageConfig, env: readonly string[], redact: Redact): Finding[] {
  const inEnv = new Set(env.filter(isSecretPair).map(nameOf));
  const names = new Set<string>();
  const layers = new Set<number>();
  let layer = 0;
  for (const { created_by: step, empty_layer: isEmpty } of history) {
    if (!isEmpty) layer += 1;
    if (step.length > MOST_STEP) continue;
    const own = assignments(step).filter((pair) => isSecretPair(pair) && !inEnv.has(nameOf(pair)));
    for (const pair of own) names.add(nameOf(pair));
    const isOther = own.length === 0 && ![...inEnv].some((name) => step.includes(name)) && redact(step) !== step;
    if (isOther) names.add('in a command');
    if (!isEmpty && (own.length > 0 || isOther)) layers.add(layer);
  }
  const change = 'Use `RUN --mount=type=secret`: values of `ARG` and commands stay readable in the image. Revoke them.';
  return named({ id: 'secret-history', title: 'secrets in the history of the build', change }, [...names], [...layers]);
}

/** `NAME=value` in a step, with or without quotes. */
function assignments(step: string): string[] {
  const found = step.matchAll(
    /(?<![\w.-])([A-Za-z_]\w{1,80})=(?:"([^"]{1,2000})"|'([^']{1,2000})'|([^\s"']{1,2000}))/gu,
  );
  return [...found].map(([, name = '', ...values]) => `${name}=${values.find((value) => value !== undefined) ?? ''}`);
}

function named(about: Pick<Finding, 'id' | 'title' | 'change'>, names: readonly string[], layers: readonly number[]) {
  if (names.length === 0) return [];
  const paths = names.slice(0, MOST_NAMES).map((path) => ({ path: cut(path, 100), bytes: 0 }));
  return [{ ...about, bytes: 0, layers, paths, more: names.length - paths.length }];
}
