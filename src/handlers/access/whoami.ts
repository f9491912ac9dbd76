import type { NoArgs } from '../../commands/language/no-args.ts';
import { handler } from '../handler.ts';
import { permitted } from './permitted.ts';

export interface WhoamiResult {
  readonly person: string;
  readonly channel: string;
  readonly groups: readonly string[];
  readonly unreadable: readonly string[];
  readonly may: readonly { readonly name: string; readonly hosts: readonly string[] }[];
}

export const whoami = handler<NoArgs, WhoamiResult>()(['config', 'people', 'specs'], async (request, deps) => {
  const membership = await deps.people.membership(request.person, [...deps.config.groups.keys()]);
  const may = [...permitted(request, deps)].map(([name, hosts]) => ({ name, hosts }));
  return {
    person: request.person,
    channel: request.channel,
    groups: [...membership.groups],
    unreadable: [...membership.unreadable],
    may,
  };
});
