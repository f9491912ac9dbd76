import type { WebClient } from '@slack/web-api';
import type { Config } from '../../config.ts';
import { messageOf } from '../../domain/errors.ts';
import type { PeopleReader } from '../../handlers/deps.ts';
import type { Log } from '../../telemetry.ts';
import { inTime } from './in-time.ts';

const FRESH_MS = 60_000;
const FAILED_MS = 5000;
/** The reply has 3 s in all; a group that is not read by then counts as unreadable. */
const DEADLINE_MS = 1500;

/** Memory does not grow with the workspace. */
const MOST_REMEMBERED = 1000;

type Members = ReadonlySet<string> | undefined;

/**
 * Who is in which group and channel: the static list, and Slack read live behind a short cache. Fails closed: a group Slack
 * does not give out has only its static people.
 */
export function createPeople(
  config: Config,
  connect: (() => Promise<Pick<WebClient, 'usergroups' | 'users'>>) | undefined,
  log: Log,
): PeopleReader {
  const membersOf = remembered(async (usergroup) => {
    if (!connect) return undefined;
    try {
      const asked = connect().then(({ usergroups }) =>
        usergroups.users.list({ usergroup, team_id: config.slack.team }),
      );
      return new Set((await inTime(asked, DEADLINE_MS)).users ?? []);
    } catch (error) {
      log.warn({ usergroup, err: messageOf(error) }, 'A user group could not be read; it counts as empty');
      return undefined;
    }
  });
  const channelsOf = remembered(async (person) => {
    if (!connect) return undefined;
    try {
      const asked = connect().then((client) => readChannels(client, person, config.slack.team));
      return await inTime(asked, DEADLINE_MS);
    } catch (error) {
      log.warn({ person, err: messageOf(error) }, 'Which channels somebody is in could not be read');
      return undefined;
    }
  });
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
    async members(name) {
      const group = config.groups.get(name);
      if (group?.usergroup === undefined) return new Set(group?.people);
      const members = await membersOf(group.usergroup);
      return members && new Set([...group.people, ...members]);
    },
    channels: channelsOf,
  };
}

/** Of private channels, Slack names only those the bot is in too. */
async function readChannels(client: Pick<WebClient, 'users'>, user: string, team_id: string): Promise<Set<string>> {
  const found = new Set<string>();
  let cursor = '';
  do {
    const page = await client.users.conversations({
      user,
      team_id,
      types: 'public_channel,private_channel',
      exclude_archived: true,
      limit: 999,
      ...(cursor === '' ? {} : { cursor }),
    });
    for (const { id } of page.channels ?? []) if (id !== undefined) found.add(id);
    cursor = page.response_metadata?.next_cursor ?? '';
  } while (cursor !== '');
  return found;
}

/** Reads once a minute, and again soon after what could not be read. */
function remembered(read: (key: string) => Promise<Members>): (key: string) => Promise<Members> {
  const cache = new Map<string, { readonly members: Promise<Members>; until: number }>();
  return (key) => {
    const known = cache.get(key);
    if (known && known.until > performance.now()) return known.members;
    const entry = { members: read(key), until: performance.now() + FRESH_MS };
    cache.set(key, entry);
    if (cache.size > MOST_REMEMBERED) cache.delete(cache.keys().next().value as string);
    void entry.members.then((members) => {
      if (members === undefined) entry.until = performance.now() + FAILED_MS;
    });
    return entry.members;
  };
}
