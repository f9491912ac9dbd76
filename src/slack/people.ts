import type { WebClient } from '@slack/web-api';
import type { Config } from '../config.ts';
import { messageOf } from '../errors.ts';
import type { PeopleReader } from '../handlers/types.ts';
import type { Log } from '../telemetry.ts';

const FRESH_MS = 60_000;
const FAILED_MS = 5000;
/** The reply has 3 s in all; a group that is not read by then counts as unreadable. */
const DEADLINE_MS = 1500;

type Members = ReadonlySet<string> | undefined;

/**
 * Who is in which group: the static list, and the Slack user group read live behind a short cache. Fails closed: a group
 * Slack does not give out has only its static people.
 */
export function createPeople(
  config: Config,
  client: Pick<WebClient, 'usergroups'> | undefined,
  log: Log,
): PeopleReader {
  const cache = new Map<string, { readonly members: Promise<Members>; readonly until: number }>();
  const read = async (usergroup: string): Promise<Members> => {
    if (!client) return undefined;
    try {
      const deadline = new Promise<never>((_, reject) =>
        setTimeout(() => reject(new Error('no answer in time')), DEADLINE_MS).unref(),
      );
      const { users } = await Promise.race([
        client.usergroups.users.list({ usergroup, team_id: config.slack.team }),
        deadline,
      ]);
      return new Set(users ?? []);
    } catch (error) {
      log.warn({ usergroup, err: messageOf(error) }, 'A user group could not be read; it counts as empty');
      cache.set(usergroup, { members: Promise.resolve(undefined), until: performance.now() + FAILED_MS });
      return undefined;
    }
  };
  const membersOf = (usergroup: string): Promise<Members> => {
    const known = cache.get(usergroup);
    if (known && known.until > performance.now()) return known.members;
    const entry = { members: read(usergroup), until: performance.now() + FRESH_MS };
    cache.set(usergroup, entry);
    return entry.members;
  };
  return {
    async membership(person, groups) {
      const inGroups = new Set<string>();
      const unreadable = new Set<string>();
      await Promise.all(
        groups.map(async (name) => {
          const group = config.groups.get(name);
          if (group?.people.includes(person)) return void inGroups.add(name);
          if (group?.usergroup === undefined) return;
          const members = await membersOf(group.usergroup);
          if (!members) unreadable.add(name);
          else if (members.has(person)) inGroups.add(name);
        }),
      );
      return { groups: inGroups, unreadable };
    },
  };
}
