import { type LoginCheckArgs, loginCheck } from '../../../commands/registries/login-check.ts';
import {
  FAIRLEAD,
  loginCheck as handler,
  type LoginCheck,
  type LoginCheckResult,
} from '../../../handlers/registries/login-check.ts';
import type { Request } from '../../../handlers/request.ts';
import { named } from '../../../text/names.ts';
import { type Message, section } from '../../block-kit/message.ts';
import { plain, plural } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { failureBlocks } from '../parts/failures.ts';
import { type Column, closing, firstRows, pageAndShare, withoutHosts } from '../parts/over-hosts.ts';

const OUTCOMES: Record<LoginCheck['outcome'], string> = {
  works: 'works',
  anonymous: 'answers; no account',
  unknown: 'engine cannot tell',
  failed: 'FAILS',
};

const COLUMNS: readonly Column<LoginCheck>[] = [
  { head: 'FROM', of: ({ from }) => from },
  { head: 'LOGIN', of: ({ outcome }) => OUTCOMES[outcome] },
  { head: 'REGISTRY', of: ({ registry }) => registry },
];

export function loginCheckView(result: LoginCheckResult, request: Request<LoginCheckArgs>): Message {
  const { checks, failures } = result;
  const verdict = verdictOf(result);
  return {
    text: `${verdict}${withoutHosts(failures)}`,
    blocks: [
      section(`${signOf(result)} *${plain(verdict)}*`),
      ...firstRows(COLUMNS, failedFirst(checks), {}),
      ...failureBlocks(checks.flatMap(({ failure }) => failure ?? [])),
      ...failureBlocks(failures),
      ...closing([], result),
      ...pageAndShare(request),
    ],
  };
}

const signOf = ({ checks, failures }: LoginCheckResult) =>
  checks.some(isFailed) ? ':x:' : failures.length > 0 ? ':warning:' : ':white_check_mark:';

const failedFirst = (checks: readonly LoginCheck[]) =>
  checks.toSorted((one, other) => Number(isFailed(other)) - Number(isFailed(one)));
const isFailed = ({ outcome }: LoginCheck) => outcome === 'failed';
const NAMES = 200;

function verdictOf({ checks, registries, hosts }: LoginCheckResult): string {
  const count = plural(registries.length, 'registry', 'registries');
  const failed = checks.filter(isFailed);
  if (failed.length > 0) {
    const where = named([...new Set(failed.map(({ from }) => from))], NAMES);
    const what = [...new Set(failed.map(({ registry }) => registry))];
    return `Login to ${what.length === 1 ? what[0] : plural(what.length, 'registry', 'registries')} fails from ${where}`;
  }
  const what = registries.length === 1 ? (registries[0] ?? '') : count;
  const where = `${FAIRLEAD} and ${plural(hosts.length, 'host')}`;
  if (checks.some(({ outcome }) => outcome === 'works')) return `Login to ${what} works from ${where}`;
  return `${what} can be reached from ${where}; the config has no account for ${registries.length === 1 ? 'it' : 'them'}`;
}

export const loginCheckCommand = command({
  spec: loginCheck,
  handler,
  delivery: ['message'],
  view: (result, request) => answer(loginCheckView(result, request)),
  progress: 'none',
  approval: 'none',
});
