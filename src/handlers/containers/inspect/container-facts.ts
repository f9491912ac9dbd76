import { sayMemory } from '../../../domain/size.ts';
import { cut } from '../../../text/cut.ts';
import { sayStreak, sayTimes } from '../../../text/times.ts';
import { ipText } from '../ports-text.ts';
import type { Clean } from './clean.ts';
import { entriesAt, type Fact, fact, mapsAt, namesOf, numberAt, textAt, textsAt } from './facts.ts';

/** Output of a health check that is shown. */
const MOST_OUTPUT = 300;

/** What a container is, from its inspection. */
export function containerFacts(value: Clean): Fact[] {
  const config = (key: string) => textsAt(value, 'Config', key);
  return [
    // How it is, then what it is.
    ...fact('State', stateOf(value)),
    ...healthOf(value),
    ...fact('Image', textAt(value, 'Config', 'Image'), true),
    ...fact('Image id', textAt(value, 'Image'), true),
    ...fact('Entry point', config('Entrypoint').join(' '), true),
    ...fact('Command', config('Cmd').join(' '), true),
    ...fact('Restart policy', restartOf(value)),
    ...fact('Limits', limitsOf(value)),
    ...fact('Ports', portsOf(value), true),
    ...fact('Networks', networksOf(value), true),
    ...fact('Mounts', mountsOf(value), true),
    ...fact('Environment', namesOf(config('Env')), true),
    ...fact('User', textAt(value, 'Config', 'User'), true),
    ...fact('Working directory', textAt(value, 'Config', 'WorkingDir'), true),
    ...fact('Privileges', privilegesOf(value)),
    ...fact('Labels', labelsOf(value), true),
    ...fact('Platform', textAt(value, 'Platform')),
    ...fact('Container id', textAt(value, 'Id'), true),
  ];
}

export const labelsOf = (value: Clean): string[] =>
  entriesAt(value, 'Config', 'Labels').map(([key, text]) => `${key}=${typeof text === 'string' ? text : ''}`);

function stateOf(value: Clean): string[] {
  const status = textAt(value, 'State', 'Status');
  const ended = status === 'exited' || status === 'dead' ? `exit code ${numberAt(value, 'State', 'ExitCode')}` : '';
  const restarts = numberAt(value, 'RestartCount');
  const since = status === 'running' ? textAt(value, 'State', 'StartedAt') : textAt(value, 'State', 'FinishedAt');
  return [
    status,
    ended,
    since.startsWith('0001') || since === '' ? '' : `since ${since.slice(0, 19).replace('T', ' ')} UTC`,
    isTrue(value, 'State', 'OOMKilled') ? 'killed for want of memory' : '',
    restarts > 0 ? `restarted ${sayTimes(restarts)}` : '',
    textAt(value, 'State', 'Error'),
  ];
}

function healthOf(value: Clean): Fact[] {
  const test = textsAt(value, 'Config', 'Healthcheck', 'Test').filter((word) => !/^(?:CMD|CMD-SHELL)$/u.test(word));
  const last = mapsAt(value, 'State', 'Health', 'Log').at(-1);
  const output = last ? cut(textAt(last, 'Output').trim(), MOST_OUTPUT) : '';
  const streak = numberAt(value, 'State', 'Health', 'FailingStreak');
  const status = textAt(value, 'State', 'Health', 'Status');
  return [
    ...fact('Health', [status, streak > 0 ? `failed ${sayStreak(streak)}` : '']),
    ...fact('Health check', test.join(' '), true),
    ...fact('Last check', last ? [`exit code ${numberAt(last, 'ExitCode')}`, output] : []),
  ];
}

function restartOf(value: Clean): string {
  const most = numberAt(value, 'HostConfig', 'RestartPolicy', 'MaximumRetryCount');
  return `${textAt(value, 'HostConfig', 'RestartPolicy', 'Name') || 'no'}${most > 0 ? `, ${sayTimes(most)} at most` : ''}`;
}

function limitsOf(value: Clean): string[] {
  const host = (key: string) => numberAt(value, 'HostConfig', key);
  const cpus = host('NanoCpus') / 1e9 || (host('CpuPeriod') > 0 ? host('CpuQuota') / host('CpuPeriod') : 0);
  const limits = [
    host('Memory') > 0 ? `memory ${sayMemory(host('Memory'))}` : 'no memory limit',
    cpus > 0 ? `${Number(cpus.toFixed(2))} CPUs` : 'no CPU limit',
    host('PidsLimit') > 0 ? `${host('PidsLimit')} processes` : '',
  ];
  return limits;
}

/** `0.0.0.0:8080->80/tcp`; a port that is only exposed by itself. */
function portsOf(value: Clean): string[] {
  const published = entriesAt(value, 'NetworkSettings', 'Ports');
  const all = published.length > 0 ? published : entriesAt(value, 'Config', 'ExposedPorts');
  return all.flatMap(([port, bindings]) => {
    const on = mapsAt(bindings).map((one) => `${ipText(textAt(one, 'HostIp'))}:${textAt(one, 'HostPort')}->${port}`);
    return on.length > 0 ? on : [port];
  });
}

function networksOf(value: Clean): string[] {
  return entriesAt(value, 'NetworkSettings', 'Networks').map(([name, endpoint]) =>
    [name, textAt(endpoint, 'IPAddress'), ...textsAt(endpoint, 'Aliases')].filter((one) => one !== '').join(' '),
  );
}

function mountsOf(value: Clean): string[] {
  return mapsAt(value, 'Mounts').map((mount) => {
    const from = textAt(mount, 'Name') || textAt(mount, 'Source');
    const mode = isTrue(mount, 'RW') ? '' : ' (read-only)';
    return `${textAt(mount, 'Type')} ${from} → ${textAt(mount, 'Destination')}${mode}`;
  });
}

function privilegesOf(value: Clean): string[] {
  const added = textsAt(value, 'HostConfig', 'CapAdd');
  const modes = ['NetworkMode', 'PidMode', 'IpcMode', 'UTSMode'].flatMap((key) =>
    textAt(value, 'HostConfig', key) === 'host' ? [`${key.replace('Mode', '')} of the host`] : [],
  );
  return [
    isTrue(value, 'HostConfig', 'Privileged') ? 'privileged' : '',
    added.length > 0 ? `capabilities ${added.join(', ')}` : '',
    ...modes,
  ];
}

function isTrue(value: Clean, ...path: readonly string[]): boolean {
  const parent = path.slice(0, -1);
  return entriesAt(value, ...parent).some(([key, found]) => key === path.at(-1) && found === true);
}
