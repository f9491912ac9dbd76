import { registries } from '../../../commands/registries/registries.ts';
import { registries as handler, type RegistriesResult } from '../../../handlers/registries/registries.ts';
import type { RegistryRow } from '../../../handlers/registries/row.ts';
import type { Request } from '../../../handlers/request.ts';
import { slash } from '../../block-kit/commands.ts';
import { listed } from '../../block-kit/listed.ts';
import { buttons, context, type Message, section } from '../../block-kit/message.ts';
import { inline, plural, prose } from '../../block-kit/text.ts';
import { command } from '../../command.ts';
import { answer } from '../../reply/reply.ts';
import { type Column, closing, rowsTable, share } from '../parts/over-hosts.ts';

export function registriesView({ rows, ...timed }: RegistriesResult, request: Request): Message {
  const bad = rows.filter(({ problems }) => problems.length > 0);
  const problems = rows.flatMap((row) => row.problems);
  const columns: readonly Column<RegistryRow>[] = [
    { head: 'REGISTRY', of: ({ registry }) => registry },
    { head: 'LOGIN', of: ({ login, ms }) => (ms === undefined ? 'no answer' : login) },
    { head: 'KIND', of: ({ kind }) => kind },
    ...(rows.some(({ limit }) => limit !== '') ? [{ head: 'PULLS', of: ({ limit }: RegistryRow) => limit }] : []),
    { head: 'CERTIFICATE', of: ({ tls }) => tls },
    { head: 'ANSWERED', of: ({ ms }) => (ms === undefined ? '' : `${ms} ms`) },
    { head: 'CLOCK', of: ({ clock }) => clock },
  ];
  const verdict =
    bad.length === 0
      ? `${plural(rows.length, 'registry', 'registries')}, all in order`
      : `${bad.length} of ${plural(rows.length, 'registry', 'registries')} ${bad.length === 1 ? 'needs' : 'need'} attention`;
  return {
    text: bad.length === 0 ? verdict : `${verdict}: ${bad.map(({ registry }) => registry).join(', ')}`,
    blocks: [
      section(`${bad.length === 0 ? ':white_check_mark:' : ':warning:'} *${verdict}*`),
      ...rowsTable(columns, rows, {}),
      ...listed(
        problems.map(({ what, tryThis }) => ({ line: `:warning: ${prose(what)}\n→ ${prose(tryThis)}` })),
        (count) => plural(count, 'more problem'),
      ),
      ...rows.flatMap(({ registry, warnings }) =>
        warnings.map((text) => context(`${inline(registry)} says: ${inline(text, 300)}`)),
      ),
      context(`As seen from Fairlead. ${slash('login-check')} tries the logins from each host too.`),
      ...closing([], timed),
      ...buttons([{ label: 'Check logins on hosts', line: '/dock login-check --on all' }, ...share(request)]),
    ],
  };
}

export const registriesCommand = command({
  spec: registries,
  handler,
  delivery: ['message'],
  view: (result, request) => answer(registriesView(result, request)),
  progress: 'none',
  approval: 'none',
});
