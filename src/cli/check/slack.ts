import { WebClient } from '@slack/web-api';
import type { Config, Environment } from '../../config.ts';
import { messageOf } from '../../domain/errors.ts';
import { libraryLog } from '../../slack/client/library-log.ts';
import { whatToClick } from '../../slack/client/mend.ts';
import { createLog } from '../../telemetry.ts';
import { type Finding, fail, note, ok } from './finding.ts';

const SCOPES: readonly (readonly [string, string])[] = [
  ['commands', 'slash commands'],
  ['chat:write', 'answers and live messages'],
  ['app_mentions:read', 'commands in threads'],
];
/** Scopes without which Fairlead works, and what each then costs. */
const OPTIONAL_SCOPES: readonly (readonly [string, string])[] = [
  ['files:write', 'long logs are cut'],
  ['files:read', 'shared Dockerfiles cannot be read; their text goes into the form of lint'],
  [
    'channels:read',
    'whether the bot is in its public channels is not known, and home tabs show nothing of any and their buttons do nothing there',
  ],
  [
    'groups:read',
    'whether the bot is in its private channels is not known, and home tabs show nothing of any and their buttons do nothing there',
  ],
];
const INSTALL = 'add it under OAuth & Permissions > Bot Token Scopes, then press Reinstall to Workspace';

/** The workspace, the token's scopes, every channel and user group of the config, and the way Slack reaches the bot. */
export async function checkSlack(config: Config, env: Environment): Promise<Finding[]> {
  const way = await checkWay(env);
  if (env.SLACK_BOT_TOKEN === undefined)
    return [
      fail(
        'slack: SLACK_BOT_TOKEN is not set',
        'Install the app from manifest.yml, then copy the Bot User OAuth Token (xoxb-…) into .env.',
      ),
      ...way,
    ];
  const client = clientFor(env.SLACK_BOT_TOKEN, env);
  const asked = await answered(() => client.auth.test());
  if ('error' in asked)
    return [
      fail(`slack: auth.test: ${asked.error}`, whatToClick('auth.test', asked.error) ?? otherwise(asked.error)),
      ...way,
    ];
  const { team_id: team, user, response_metadata: more } = asked.value;
  const workspace =
    team === config.slack.team
      ? ok(`slack: workspace ${team} as ${user}`)
      : fail(
          `slack: the token is for ${team}, the config serves ${config.slack.team}`,
          `Set slack.team to ${team}, or use the other workspace's token.`,
        );
  const [channels, groups] = await Promise.all([checkChannels(client, config), checkGroups(client, config)]);
  // What a scope that is missing costs is said with the scope.
  const seen = more?.scopes === undefined ? channels : channels.filter(({ level }) => level !== 'note');
  return [workspace, ...checkScopes(more?.scopes), ...seen, ...groups, ...way];
}

function clientFor(token: string, env: Environment): WebClient {
  return new WebClient(token, {
    timeout: 10_000,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    // What went wrong is in the findings, with secrets hidden; the library's own lines are not.
    logger: libraryLog(createLog('silent')),
    ...(env.SLACK_API_URL === undefined ? {} : { slackApiUrl: env.SLACK_API_URL }),
  });
}

function checkScopes(granted: readonly string[] | undefined): Finding[] {
  // A proxy may drop the header they come in; what needs them says so itself.
  if (granted === undefined) return [];
  const missing = SCOPES.filter(([scope]) => !granted.includes(scope));
  const found = missing.map(([scope, use]) => fail(`slack: the scope ${scope} is missing (${use})`, sentence(INSTALL)));
  const costs = OPTIONAL_SCOPES.filter(([scope]) => !granted.includes(scope)).map(([scope, cost]) =>
    note(`slack: without the scope ${scope}, ${cost}`, `To have it, ${INSTALL}.`),
  );
  return [...(missing.length === 0 ? [ok('slack: scopes')] : found), ...costs];
}

async function checkChannels(client: WebClient, config: Config): Promise<Finding[]> {
  const findings = await Promise.all(
    [...config.channels].map(async ([id, { name }]): Promise<Finding> => {
      const where = name === undefined ? id : `${id} (${name})`;
      const asked = await answered(() => client.conversations.info({ channel: id }));
      if ('error' in asked) return channelFailure(id, where, asked);
      const { channel } = asked.value;
      if (channel?.is_archived) return fail(`channel ${where}: archived`, `Unarchive it, or drop channels.${id}.`);
      return channel?.is_member
        ? ok(`channel ${where}: the bot is in it`)
        : fail(
            `channel ${where}: the bot is not in it, so it cannot answer for everybody`,
            `Type /invite @fairlead there.`,
          );
    }),
  );
  // Said once: it is the same for all of them.
  const unread = findings.filter(({ level }) => level === 'note');
  return [...findings.filter(({ level }) => level !== 'note'), ...unread.slice(0, 1)];
}

function channelFailure(id: string, where: string, { error, needed }: Failed): Finding {
  if (error === 'missing_scope')
    return note(
      `slack: without the scope ${needed ?? 'channels:read'}, whether the bot is in its channels is not known`,
      'Type /invite @fairlead in each.',
    );
  if (error === 'channel_not_found')
    return fail(
      `channel ${where}: Slack does not show it to the bot`,
      `A private one: type /invite @fairlead there. Otherwise correct the id under channels.${id}; it is at the end of the channel's About tab.`,
    );
  return fail(`channel ${where}: ${error}`, otherwise(error));
}

async function checkGroups(client: WebClient, config: Config): Promise<Finding[]> {
  return Promise.all(
    [...config.groups].flatMap(([name, { usergroup }]) =>
      usergroup === undefined ? [] : [checkGroup(client, config, name, usergroup)],
    ),
  );
}

async function checkGroup(client: WebClient, config: Config, name: string, usergroup: string): Promise<Finding> {
  const what = `group ${name}: the user group ${usergroup}`;
  const asked = await answered(() => client.usergroups.users.list({ usergroup, team_id: config.slack.team }));
  if (!('error' in asked)) {
    const count = asked.value.users?.length ?? 0;
    return count > 0
      ? ok(`${what} has ${count} ${count === 1 ? 'member' : 'members'}`)
      : note(`${what} has no members`, `Nobody counts as ${name} but those under groups.${name}.people.`);
  }
  const { error } = asked;
  const instead = `until then only groups.${name}.people count.`;
  if (error === 'missing_scope')
    return fail(`${what} cannot be read`, `The scope usergroups:read: ${INSTALL}; ${instead}`);
  if (error === 'plan_upgrade_required')
    return fail(
      `${what} cannot be read: the workspace's plan has no user groups`,
      `List the people under groups.${name}.people and remove usergroup.`,
    );
  if (error === 'no_such_subteam')
    return fail(
      `${what} does not exist`,
      `Copy the id again (People & user groups > the group > ⋯ > Copy group ID); ${instead}`,
    );
  return fail(`${what}: ${error}`, otherwise(error));
}

/** How Slack reaches the bot. */
async function checkWay(env: Environment): Promise<Finding[]> {
  if (env.SLACK_APP_TOKEN !== undefined) {
    const client = clientFor(env.SLACK_APP_TOKEN, env);
    const asked = await answered(() => client.apps.connections.open());
    return 'error' in asked
      ? [
          fail(
            `slack: Socket Mode: ${asked.error}`,
            whatToClick('apps.connections.open', asked.error) ?? otherwise(asked.error),
          ),
        ]
      : [ok('slack: Socket Mode can be opened')];
  }
  if (env.SLACK_SIGNING_SECRET !== undefined)
    return [
      note(
        'slack: signed HTTP; a signing secret shows only when Slack calls',
        "If Slack reports dispatch_failed, copy the secret again from Basic Information and check the app's Request URLs.",
      ),
    ];
  return [
    fail(
      'slack: neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set',
      'Set the first for Socket Mode, or the second for signed HTTP.',
    ),
  ];
}

function otherwise(error: string): string {
  return error === 'ratelimited'
    ? 'Slack limits how often this is asked; try again in a minute.'
    : 'Check that this machine reaches slack.com, and try again.';
}

type Failed = { readonly error: string; readonly needed: string | undefined };

/** Slack's own error code, or the outcome of the call. */
async function answered<T>(ask: () => Promise<T>): Promise<{ readonly value: T } | Failed> {
  try {
    return { value: await ask() };
  } catch (error) {
    const { data, code } = error as { data?: { error?: string; needed?: string }; code?: string };
    if (code === 'slack_webapi_rate_limited_error') return { error: 'ratelimited', needed: undefined };
    return { error: data?.error ?? messageOf(error), needed: data?.needed };
  }
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
