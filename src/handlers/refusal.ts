import type { CommandSpec } from '../commands/language/define.ts';
import type { Parsed } from '../commands/language/parse.ts';
import type { Config } from '../config.ts';
import { type Choice, code, UserError } from '../domain/errors.ts';
import { joinPhrases, mentionChannel, type Phrase, phrase, redactPhrase } from '../domain/phrase.ts';
import { permissions, servicesSeen } from '../policy/authorize.ts';
import type { Denial } from '../policy/decision.ts';
import { checkImage } from '../policy/images.ts';
import { DatabaseFault } from '../store/fault.ts';
import { cut } from '../text/cut.ts';
import { named } from '../text/names.ts';
import type { Refused } from './answer.ts';
import { onHosts, withWord } from './choices.ts';
import type { Deps } from './deps.ts';
import type { Incoming, Request } from './request.ts';

/** A request that failed. */
export interface Failed {
  readonly id: string;
  /** It may have been carried out in part. */
  readonly began: boolean;
  /** Undefined before it was parsed. */
  readonly lines?: Pick<Request, 'line' | 'shownLine'>;
}

/** Why a request came to nothing, for its requester. */
export function refusalOf(error: unknown, { id, began, lines }: Failed, deps: Pick<Deps, 'redact' | 'log'>): Refused {
  if (error instanceof UserError) return refused(error, lines, deps);
  deps.log.error({ request: id, err: error }, 'Request failed');
  if (error instanceof DatabaseFault) return notStored(error, id, began);
  return {
    kind: 'refused',
    reason: 'internal',
    text: `Something broke on our side (\`${id}\`).`,
    hint: 'The server log has the details under that id.',
    choices: [],
  };
}

/** Nothing begins that is not on record. What had begun may have been done in part. */
function notStored({ why }: DatabaseFault, id: string, began: boolean): Refused {
  const what = began
    ? 'This was not finished: Fairlead cannot use its database'
    : 'Nothing was done: Fairlead cannot write its audit log';
  return {
    kind: 'refused',
    reason: 'internal',
    text: `${what}, since ${cut(why, 300)}.`,
    hint: `Tell the people who run Fairlead; the server log has the path under \`${id}\`. Then try again.`,
    choices: [],
  };
}

function refused(error: UserError, lines: Failed['lines'], { redact }: Pick<Deps, 'redact'>): Refused {
  return {
    kind: 'refused',
    reason: error.reason,
    text: redactPhrase(error.phrase, redact),
    hint: error.hint === undefined ? undefined : redactPhrase(error.hint, redact),
    choices: [...insteadChoice(error, lines), ...error.choices],
    field: error.field,
  };
}

/** The same line with the word that was meant. A button's line is kept by Slack, so there is none for a line with secrets. */
function insteadChoice({ instead }: UserError, lines: Failed['lines']): readonly Choice[] {
  if (!instead || !lines || lines.line !== lines.shownLine) return [];
  const line = withWord(lines.line, instead.typed, instead.meant);
  return line === undefined ? [] : [{ label: cut(instead.meant, 75), line }];
}

/** A command that a person may not give here. */
export interface Denied {
  readonly denial: Denial;
  readonly parsed: Parsed;
  readonly incoming: Incoming;
  readonly membership: Request['membership'];
}

/** What is missing, what the person may do here instead, and who can do it. */
export function deniedAnswer(denied: Denied, deps: Pick<Deps, 'config' | 'redact' | 'specs'>): Refused {
  const { denial, parsed, incoming, membership } = denied;
  const nowhere =
    denial.reason === 'host_needed'
      ? imageRefusal(parsed, deps.config, servicesSeen({ channel: incoming.channel, membership }, deps.config))
      : undefined;
  if (nowhere) return refused(nowhere, parsed, deps);
  const { spec, line, shownLine } = parsed;
  const { channel, person } = incoming;
  const allowed = [...permissions(deps.specs, { channel, person, membership }, deps.config).keys()];
  const near = denial.near === undefined ? '' : ` Did you mean \`${denial.near}\`?`;
  return {
    kind: 'refused',
    reason: denial.reason,
    // A selector may be any text.
    text: deps.redact(`${denial.missing}${near}`),
    hint: hintFor(denial, allowed, spec, deps),
    // A button's line is kept by Slack, so there is none for a line with secrets.
    choices: denial.reason === 'host_needed' && line === shownLine ? hostChoices(denial.permitted, parsed) : [],
  };
}

/** Why an image may be brought to no host, so that nobody chooses one first. */
function imageRefusal({ spec, args }: Parsed, config: Config, seen: Iterable<string>): UserError | undefined {
  try {
    const image = spec.imageOf?.(args);
    if (image) checkImage(image, config, seen);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

function hostChoices(hosts: readonly string[], { spec, line }: Parsed): readonly Choice[] {
  return [...(spec.onOneHost ? [] : ['all']), ...hosts]
    .slice(0, 10)
    .map((host) => ({ label: host, line: onHosts(line, [host]) }));
}

/** Names of hosts in a hint, in so many UTF-16 units. */
const MOST_NAMES = 600;
/** Names of commands in a hint, in so many UTF-16 units: an operator may give dozens, and who can help is said before. */
const MOST_COMMANDS = 150;

function quoted(hosts: readonly string[]): string {
  return named(
    hosts.map((host) => `\`${host}\``),
    MOST_NAMES,
  );
}

function hintFor(
  denial: Denial,
  allowed: readonly string[],
  spec: CommandSpec,
  { config }: Pick<Deps, 'config'>,
): Phrase {
  if (denial.reason === 'host_needed')
    return `Add \`@host\` or \`--on\`: ${quoted(denial.permitted)}${spec.onOneHost ? '' : ' or `all`'}.`;
  const may =
    allowed.length === 0
      ? 'You have no permissions here yet.'
      : `Here you may: ${named(allowed.map(code), MOST_COMMANDS)}.`;
  const elsewhere = [...config.channels]
    .filter(([, channel]) => channel.grants.some((grant) => config.roles.get(grant.role)?.has(spec.name)))
    .map(([id]) => mentionChannel(id));
  const who =
    denial.who.length > 0
      ? `Who can: ${denial.who.join(', ')}. `
      : elsewhere.length > 0
        ? phrase`\`${spec.name}\` is granted in ${joinPhrases(elsewhere.slice(0, 3), ', ')}. `
        : '';
  return denial.reason === 'host_unknown'
    ? `Hosts you may use: ${quoted(denial.permitted) || 'none'}.`
    : phrase`${who}${may}`;
}
