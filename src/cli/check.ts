import { WebClient } from '@slack/web-api';
import { openCore } from '../bot.ts';
import type { Config, Environment } from '../config.ts';
import { messageOf } from '../errors.ts';
import { failureOf } from '../handlers/over-hosts.ts';
import { clientOptions } from '../slack/client-options.ts';
import { createLog } from '../telemetry.ts';
import { settings } from './settings.ts';

type Finding = { readonly good: boolean; readonly what: string; readonly fix?: string };

const SCOPES: readonly (readonly [string, string])[] = [
  ['commands', 'slash commands'],
  ['chat:write', 'answers and live messages'],
  ['app_mentions:read', 'commands in threads'],
  ['usergroups:read', 'groups read from Slack'],
];

/** Tests everything the config and the environment name, and says for each failure what to do. */
export async function checkCommand(): Promise<number> {
  const { config, env } = settings();
  const findings: Finding[] = [
    {
      good: true,
      what: `config: ${env.FAIRLEAD_CONFIG}, ${config.hosts.size} hosts, ${config.channels.size} channels`,
    },
  ];
  const core = openCore(config, env, createLog('silent'));
  try {
    const chain = core.store.audit.verify();
    findings.push(
      chain.ok
        ? { good: true, what: `store: ${env.DATABASE_URL}, ${chain.records} audit records in order` }
        : {
            good: false,
            what: `store: ${chain.text}`,
            fix: 'Compare with a backup of the database; docs and SECURITY.md say what this means.',
          },
    );
    const deps = core.deps({ membership: async () => ({ groups: new Set(), unreadable: new Set() }) });
    const outcomes = await deps.hosts.each([...config.hosts.keys()], (engine) => engine.version(), {
      signal: AbortSignal.timeout(15_000),
    });
    for (const outcome of outcomes) {
      if (outcome.ok)
        findings.push({
          good: true,
          what: `host ${outcome.host}: ${outcome.value.engine} ${outcome.value.version} in ${outcome.ms} ms`,
        });
      else {
        const failure = failureOf(outcome.host, outcome.error, deps.redact);
        findings.push({
          good: false,
          what: `host ${outcome.host}: ${failure.summary} ${failure.engineSaid}`,
          fix: failure.tryThis,
        });
      }
    }
    findings.push(...(await checkRegistries(config)), ...(await checkSlack(config, env)));
  } finally {
    await core.close();
  }
  for (const { good, what, fix } of findings)
    process.stdout.write(`${good ? 'ok  ' : 'FAIL'}  ${what}\n${fix === undefined ? '' : `      → ${fix}\n`}`);
  const failed = findings.filter(({ good }) => !good).length;
  process.stdout.write(failed === 0 ? 'All is well.\n' : `${failed} of ${findings.length} need attention.\n`);
  return failed === 0 ? 0 : 1;
}

async function checkRegistries(config: Config): Promise<Finding[]> {
  return Promise.all(
    [...config.registries].map(async ([host, account]): Promise<Finding> => {
      const scheme = /^(?:localhost|127\.)/u.test(host) ? 'http' : 'https';
      try {
        const authorization = `Basic ${Buffer.from(`${account.username}:${account.password}`).toString('base64')}`;
        const { status } = await fetch(`${scheme}://${host}/v2/`, {
          headers: { authorization },
          redirect: 'error',
          signal: AbortSignal.timeout(5000),
        });
        // A registry with tokens answers 401 to any password here; the password is only tested by a pull then.
        if (status === 200) return { good: true, what: `registry ${host}: account accepted` };
        if (status === 401)
          return {
            good: false,
            what: `registry ${host}: answered 401`,
            fix: `Check username and password under registries.${host}; a registry with tokens is tested by a /pull.`,
          };
        return {
          good: false,
          what: `registry ${host}: answered ${status}`,
          fix: 'Is that the address of a registry? Each needs its own port or name.',
        };
      } catch (error) {
        return {
          good: false,
          what: `registry ${host}: ${messageOf((error as Error).cause ?? error)}`,
          fix: 'Check the address, DNS and certificate.',
        };
      }
    }),
  );
}

async function checkSlack(config: Config, env: Environment): Promise<Finding[]> {
  if (env.SLACK_BOT_TOKEN === undefined)
    return [
      {
        good: false,
        what: 'slack: SLACK_BOT_TOKEN is not set',
        fix: 'Install the app from manifest.yml, then copy the Bot User OAuth Token (xoxb-…) into .env.',
      },
    ];
  const client = new WebClient(env.SLACK_BOT_TOKEN, clientOptions(env.SLACK_API_URL));
  const findings: Finding[] = [];
  try {
    const auth = await client.auth.test();
    const right = auth.team_id === config.slack.team;
    findings.push(
      right
        ? { good: true, what: `slack: workspace ${auth.team_id} as ${auth.user}` }
        : {
            good: false,
            what: `slack: the token is for ${auth.team_id}, the config serves ${config.slack.team}`,
            fix: `Set slack.team to ${auth.team_id}, or use the other workspace's token.`,
          },
    );
    const granted = auth.response_metadata?.scopes;
    for (const [scope, use] of granted ? SCOPES : [])
      if (!granted?.includes(scope))
        findings.push({
          good: false,
          what: `slack: the scope ${scope} is missing (${use})`,
          fix: 'Add it under OAuth & Permissions and install the app again.',
        });
  } catch (error) {
    findings.push({
      good: false,
      what: `slack: ${messageOf(error)}`,
      fix: 'Copy the Bot User OAuth Token again; invalid_auth means it was revoked or belongs to another app.',
    });
  }
  if (env.SLACK_APP_TOKEN !== undefined) {
    try {
      await new WebClient(env.SLACK_APP_TOKEN, clientOptions(env.SLACK_API_URL)).apps.connections.open();
      findings.push({ good: true, what: 'slack: Socket Mode can be opened' });
    } catch (error) {
      findings.push({
        good: false,
        what: `slack: Socket Mode: ${messageOf(error)}`,
        fix: 'Turn Socket Mode on, and make an app-level token with connections:write.',
      });
    }
  } else if (env.SLACK_SIGNING_SECRET === undefined)
    findings.push({
      good: false,
      what: 'slack: neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set',
      fix: 'Set the first for Socket Mode, or the second for signed HTTP.',
    });
  return findings;
}
