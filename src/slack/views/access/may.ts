import { named } from '../../../text/names.ts';
import { inline } from '../../block-kit/text.ts';

/** Commands with the hosts they may be given on; those with the same hosts share a line. `most` is for names of a line. */
export function mayLines(
  may: readonly { readonly name: string; readonly hosts: readonly string[] }[],
  most: number,
): string[] {
  const groups = Map.groupBy(may, ({ hosts }) => hosts.join(', '));
  return [...groups.values()].map((commands) => {
    const hosts = commands[0]?.hosts ?? [];
    const names = commands.map(({ name }) => inline(name)).join(' ');
    return hosts.length === 0 ? names : `${names} on ${named(hosts, most)}`;
  });
}
