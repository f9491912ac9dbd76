import type { Parsed } from '../commands/language/parse.ts';
import type { Config } from '../config.ts';
import { type Choice, code } from '../domain/errors.ts';
import { commandLine, type Phrase, phrase } from '../domain/phrase.ts';
import { Selector } from '../domain/selector.ts';
import { authorize } from '../policy/authorize.ts';
import { serviceName } from '../policy/services.ts';
import { onHosts, withWord } from './choices.ts';
import type { Incoming, Request } from './request.ts';

/** What a person typed who may use these hosts. */
interface Typed {
  readonly parsed: Parsed;
  readonly incoming: Incoming;
  readonly membership: Request['membership'];
  readonly permitted: readonly string[];
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
export function misplacedHost(typed: Typed, config: Config): MisplacedHost | undefined {
  const { spec, args, line, shownLine } = typed.parsed;
  const host = spec.serviceOf?.(args);
  if (host === undefined || !typed.permitted.includes(host) || config.services.has(serviceName(host, config)))
    return undefined;
  const { channel, person } = typed.incoming;
  const ask = { spec, on: Selector.parse(host), channel, person, membership: typed.membership };
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
