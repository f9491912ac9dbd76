import type { CommandSpec } from '../commands/language/define.ts';
import type { Config } from '../config.ts';
import { type Choice, code } from '../domain/errors.ts';
import { commandLine, type Phrase, phrase } from '../domain/phrase.ts';
import { Selector } from '../domain/selector.ts';
import { authorize } from '../policy/authorize.ts';
import { serviceName } from '../policy/services.ts';
import { onHosts, withWord } from './choices.ts';
import type { Request } from './request.ts';

/** What a person typed who may use the hosts of the request. */
interface Typed {
  readonly spec: CommandSpec;
  readonly request: Request;
}

/** What to say of it, and what to press. */
interface MisplacedHost {
  readonly text: string;
  readonly hint: Phrase;
  readonly choices: readonly Choice[];
}

const MOST_SERVICES = 5;

/**
 * Explains a line with a host in the place of a service (`deploy web-1 1.5.0`), with a button for each service that the
 * person may name there; undefined for any other line.
 */
export function misplacedHost({ spec, request }: Typed, config: Config): MisplacedHost | undefined {
  const { args, line, shownLine, channel, person, membership } = request;
  const host = spec.serviceOf?.(args);
  if (host === undefined || !request.hosts.includes(host) || config.services.has(serviceName(host, config)))
    return undefined;
  const ask = { spec, on: Selector.parse(host), channel, person, membership };
  const services = [...config.services.keys()]
    .filter((service) => authorize({ ...ask, service }, config).kind !== 'deny')
    .slice(0, MOST_SERVICES);
  // A button's line is kept by Slack, so there is none for a line with secrets.
  const lines = line === shownLine ? services.map((service) => withWord(line, host, service)) : [];
  const choices = lines.flatMap((right, index) =>
    right === undefined ? [] : [{ label: services[index] ?? '', line: onHosts(right, [host]) }],
  );
  const example = `${lines[0] ?? `${spec.name} ${services[0] ?? 'shop'}`} @${host}`;
  return {
    text: `${code(host)} is a host, not a service.`,
    hint: phrase`Name the service, then the host: ${commandLine(example)}.`,
    choices,
  };
}
