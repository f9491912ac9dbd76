import { request } from 'node:http';
import { connect } from 'node:net';
import { messageOf } from '../../domain/errors.ts';
import type { Reach } from '../client/address.ts';
import type { RawContainer } from '../shapes/raw.ts';
import type { Probe } from './wanted.ts';

export interface ProbeResult {
  readonly ok: boolean;
  /** "GET /up answered 503". */
  readonly words: string;
}

const ANSWER_MS = 2000;

interface ProbeAddress {
  readonly host: string;
  readonly port: number;
}

/** Probes a container once: at the published port, or at its own address if it is on this machine. */
export async function probeContainer(reach: Reach, raw: RawContainer, probe: Probe): Promise<ProbeResult> {
  const port = probe.http?.port ?? probe.tcp?.port ?? 0;
  const address = probeAddress(reach, raw, port);
  if (!address) return { ok: false, words: `port ${port} is not published, so Fairlead cannot reach it` };
  return probe.http ? probeHttp(address, probe.http) : probeTcp(address);
}

/** Address at which a container port can be reached from here; undefined if it cannot. */
export function probeAddress(
  reach: Reach,
  { NetworkSettings, HostConfig }: RawContainer,
  port: number,
): ProbeAddress | undefined {
  const ports = (NetworkSettings['Ports'] ?? {}) as Readonly<Record<string, readonly Bound[] | null>>;
  const bound = ports[`${port}/tcp`]?.[0];
  if (bound) {
    const isOwn = bound.HostIp !== '' && bound.HostIp !== '0.0.0.0' && bound.HostIp !== '::';
    return { host: reach.isLocal && isOwn ? bound.HostIp : reach.host, port: Number(bound.HostPort) };
  }
  if (HostConfig.NetworkMode === 'host') return { host: reach.host, port };
  const address = Object.values(NetworkSettings.Networks).find(({ IPAddress }) => IPAddress !== '')?.IPAddress;
  return reach.isLocal && address ? { host: address, port } : undefined;
}

interface Bound {
  readonly HostIp: string;
  readonly HostPort: string;
}

function probeHttp(address: ProbeAddress, { path, status }: NonNullable<Probe['http']>): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const asking = request({ ...address, path, signal, agent: false, headers: { host: 'localhost' } }, (answer) => {
      answer.resume();
      const code = answer.statusCode ?? 0;
      const ok = status === undefined ? code >= 200 && code < 400 : code === status;
      resolve({ ok, words: `GET ${path} answered ${code}` });
    });
    asking.on('error', (error) => resolve({ ok: false, words: `GET ${path}: ${messageOf(error)}` }));
    asking.end();
  });
}

function probeTcp(address: ProbeAddress): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = connect({ ...address, signal: AbortSignal.timeout(ANSWER_MS) });
    socket.once('connect', () => {
      socket.destroy();
      resolve({ ok: true, words: `port ${address.port} accepts connections` });
    });
    socket.once('error', (error) => resolve({ ok: false, words: `port ${address.port}: ${messageOf(error)}` }));
  });
}
