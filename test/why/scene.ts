import { Readable } from 'node:stream';
import { callEngine, type EngineAnswer, mustCall, mustSend } from '../../playground/engine/api.ts';
import { uniqueName } from '../bed/bed.ts';

/** One engine on which a failure is provoked; what is made on it is removed with the scene. */
export interface Scene extends AsyncDisposable {
  /** Of the container that fails. */
  readonly name: string;
  /** A call that has to succeed. */
  call(method: string, path: string, body?: object): Promise<string>;
  /** The same that may fail. */
  tryCall(method: string, path: string, body?: object): Promise<EngineAnswer>;
  /** Another container beside it; resolves to its name. */
  neighbour(body: object, options?: { readonly name?: string; readonly start?: boolean }): Promise<string>;
  /** A network; resolves to its name. */
  network(): Promise<string>;
  /** A volume of the local driver; resolves to its name. */
  volume(options?: object): Promise<string>;
  /** Puts a file into the container that fails. */
  putFile(path: string, content: string | Buffer, mode?: number): Promise<void>;
  /** Runs a command in the container that fails; resolves when it has ended. */
  run(...argv: readonly string[]): Promise<void>;
  removeLater(path: string): void;
}

export const sh = (script: string) => ({ Cmd: ['sh', '-c', script] });

export function openScene(socket: string): Scene {
  const name = uniqueName('why');
  const undo: string[] = [];
  const call: Scene['call'] = (method, path, body) => mustCall(socket, method, path, body);
  const neighbour: Scene['neighbour'] = async (body, { name: other = uniqueName('why-other'), start = true } = {}) => {
    await call('POST', `/containers/create?name=${other}`, { Image: 'busybox:1.0', ...body });
    undo.unshift(`/containers/${other}?force=true&v=true`);
    if (start) await call('POST', `/containers/${other}/start`);
    return other;
  };
  return {
    name,
    call,
    neighbour,
    tryCall: (method, path, body) => callEngine(socket, method, path, body),
    removeLater: (path) => void undo.unshift(path),
    async network() {
      const network = uniqueName('why-net');
      await call('POST', '/networks/create', { Name: network });
      undo.push(`/networks/${network}`);
      return network;
    },
    async volume(options = {}) {
      const volume = uniqueName('why-volume');
      await call('POST', '/volumes/create', { Name: volume, DriverOpts: options });
      undo.push(`/volumes/${volume}`);
      return volume;
    },
    async putFile(path, content, mode = 0o755) {
      const slash = path.lastIndexOf('/');
      const body = Readable.from([tarOf(path.slice(slash + 1), Buffer.from(content), mode)]);
      await mustSend(socket, { method: 'PUT', path: `/containers/${name}/archive?path=${path.slice(0, slash)}`, body });
    },
    async run(...argv) {
      const made = await call('POST', `/containers/${name}/exec`, { Cmd: argv, AttachStdout: true });
      const { Id } = JSON.parse(made) as { Id: string };
      await call('POST', `/exec/${Id}/start`, { Detach: false });
    },
    async [Symbol.asyncDispose]() {
      for (const path of undo) await callEngine(socket, 'DELETE', path);
    },
  };
}

/** A tar archive of one file, as an engine takes it. */
function tarOf(name: string, content: Buffer, mode: number): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(mode.toString(8).padStart(7, '0'), 100);
  header.write('0000000\0' + '0000000\0', 108);
  header.write(content.length.toString(8).padStart(11, '0'), 124);
  header.write('00000000000', 136);
  header.write('        0', 148);
  header.write('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc(((512 - (content.length % 512)) % 512) + 1024)]);
}
