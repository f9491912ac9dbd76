import type { ImageConfig } from '../config.ts';
import { Folder, nodeAt } from '../layer/tree.ts';

/** What a new Dockerfile keeps of an image. */
export interface Kept {
  readonly version: string | undefined;
  /** Absolute. */
  readonly folder: string;
  /** `EXPOSE 8080`; undefined where no port is exposed. */
  readonly expose: string | undefined;
  /** The TCP port of a health check; undefined where none is exposed. */
  readonly port: number | undefined;
  /** Names in the working directory: the lock file says which package manager it is. */
  readonly files: ReadonlySet<string>;
  /** `ENTRYPOINT […]` and `CMD […]` in exec form; undefined where there are none that can be shown. */
  readonly start: string | undefined;
}

/** Entry points that come with base images. */
const OF_BASES = /^(?:docker-(?:php-)?entrypoint(?:\.sh)?|\/__cacert_entrypoint\.sh|tini|dumb-init)$/u;
const MOST_WORDS = 30;
const WORD = /^[\x20-\x7e]{0,300}$/u;
const FOLDER = /^(?:\/[\w.-]{1,60}){1,6}$/u;
const PORT = /^\d{1,5}(?:\/(?:tcp|udp))?$/u;

interface Read {
  readonly config: ImageConfig;
  readonly root: Folder;
  readonly version: string | undefined;
}

/** Reads what is kept; `hide` masks secrets, and words that it changes are not kept. */
export function keptOf({ config, root, version }: Read, hide: (text: string) => string): Kept {
  const { Entrypoint = [], Cmd = [], WorkingDir = '', ExposedPorts = [] } = config.config ?? {};
  const ports = ExposedPorts.filter((port) => PORT.test(port)).map((port) => port.replace('/tcp', ''));
  const entry = OF_BASES.test(Entrypoint[0] ?? '') ? [] : Entrypoint;
  const lines = [
    ...(entry.length > 0 ? [`ENTRYPOINT ${execForm(entry)}`] : []),
    ...(Cmd.length > 0 ? [`CMD ${execForm(Cmd)}`] : []),
  ];
  const words = [...entry, ...Cmd];
  const isPlain = words.length <= MOST_WORDS && words.every((word) => WORD.test(word));
  const isOpen = isPlain && hide(words.join(' ')) === words.join(' ');
  const tcp = Number(ports.find((port) => /^\d+$/u.test(port)));
  const folder = nodeAt(
    root,
    WorkingDir.split('/').filter((part) => part !== ''),
  );
  return {
    version,
    port: Number.isInteger(tcp) ? tcp : undefined,
    files: new Set(folder instanceof Folder ? folder.entries.keys() : []),
    folder: FOLDER.test(WorkingDir) && WorkingDir !== '/' ? WorkingDir : '/app',
    expose: ports.length > 0 ? `EXPOSE ${ports.slice(0, 10).join(' ')}` : undefined,
    start: isOpen && lines.length > 0 ? lines.join('\n') : undefined,
  };
}

const execForm = (words: readonly string[]) => `[${words.map((word) => JSON.stringify(word)).join(', ')}]`;
