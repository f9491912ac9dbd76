import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { SPECS } from '../../src/commands/index.ts';
import { writeCommandsInMessage } from '../../src/slack/block-kit/commands.ts';
import { manifest } from '../../src/slack/manifest.ts';
import { messageOf } from '../../src/slack/views/answer.ts';
import { CARDS } from '../pictures/cards.ts';
import { CHANGES } from '../pictures/changes.ts';
import { DEPLOYS } from '../pictures/deploys.ts';
import { DOCK } from '../pictures/dock.ts';
import { requestOf } from '../pictures/fixtures.ts';
import { READS } from '../pictures/reads.ts';
import { DEV, OPS, STAGING } from '../playground/app.ts';
import { shownResult } from './shown.ts';
import { wholeBot } from './whole-bot.ts';

const NAMES = SPECS.map(({ name }) => name).join('|');
/** A slash command without the prefix, in what people read. */
const UNPREFIXED = new RegExp(`(?<![\\w/.:-])/(?:dock\\b|(?:${NAMES})(?=[\\s\`"]|$))`, 'u');
const LOG_KINDS = new Set(['rich_text']);

/** Every text of a message, a view or an acknowledgement that people read; of a button not its value. */
function* texts(shown: unknown): Generator<string> {
  if (typeof shown !== 'object' || shown === null || LOG_KINDS.has(String((shown as { type?: unknown }).type))) return;
  for (const [key, value] of Object.entries(shown))
    if (key === 'text' && typeof value === 'string') yield value;
    else yield* texts(value);
}

const unprefixed = (shown: unknown) => [...texts(shown)].filter((text) => UNPREFIXED.test(text));

it('every view of every command shows the prefix wherever it shows a command', () => {
  const prefixed = (result: unknown) => (typeof result === 'object' ? { ...result, prefix: 'x' } : result);
  // The help of each command has a test of its own.
  const pictures = [...READS, ...CHANGES, ...CARDS, ...DEPLOYS, ...DOCK].filter(({ name }) => name !== 'usage');
  const found = pictures.flatMap((picture) => {
    const request = requestOf(picture);
    const message = picture.message ?? shownResult(picture.command, prefixed(picture.result), request);
    return unprefixed(writeCommandsInMessage(message, 'x')).map((text) => [picture.name, text]);
  });
  expect(found).toEqual([]);
});

it.each(SPECS.map((spec) => [spec.name, spec] as const))('the help of %s shows the prefix', (_, spec) => {
  const shown = writeCommandsInMessage(messageOf({ kind: 'usage', spec, prefix: 'x' }), 'x');
  expect(unprefixed(shown)).toEqual([]);
  expect(JSON.stringify(shown)).toContain(spec.slash ? `/x${spec.name}` : `/xdock ${spec.name}`);
});

it('the manifest puts the prefix before every command', () => {
  const { features } = parse(manifest(SPECS, { prefix: 'x' })) as {
    features: { slash_commands: { command: string; description: string }[] };
  };
  const commands = features.slash_commands.map(({ command }) => command);
  expect(commands).toContain('/xdock');
  expect(commands.filter((command) => !command.startsWith('/x'))).toEqual([]);
  expect(JSON.stringify(features)).not.toMatch(/\/dock/u);
});

it.each(['x', 'p', 'l', 'd-'])(
  'with the prefix %s commands and buttons work, and no reply shows one without',
  {
    timeout: 60_000,
  },
  async (prefix) => {
    await using it = await wholeBot({
      slack: { team: 'T0FAIRLEAD', prefix },
      budget: { commands: 10_000, per: '1m' },
      roles: {
        releaser: {
          commands: [
            'images',
            'ps',
            'logs',
            'pull',
            'deploy',
            'rollback',
            'prune',
            'lock',
            'unlock',
            'locks',
            'ask',
            'history',
            'deployments',
            'audit',
          ],
        },
      },
    });
    const { slack } = it;
    const place = { channel: STAGING, person: DEV };
    const seen = { channel: STAGING, as: DEV };
    const lines = SPECS.filter(({ slash }) => slash).flatMap(({ name }) => [
      `/${prefix}${name}`,
      `/${prefix}${name} --help`,
      `/${prefix}${name} a b c --nope`,
    ]);
    const umbrella = SPECS.flatMap(({ name }) => [
      `/${prefix}dock ${name}`,
      `/${prefix}dock ${name} shop`,
      `/${prefix}dock ${name} --nope`,
      `/${prefix}dock help ${name}`,
    ]);
    const more = [
      'lock shop for 2h',
      'lock shop',
      'can deploy shop 1',
      'can prune images',
      'locks',
      'nothing',
      'audit',
      'approve 12345678',
      'unlock shop',
      'unlock shop',
      'ask shop',
    ];
    for (const text of [...lines, ...umbrella, ...more.map((line) => `/${prefix}dock ${line}`)])
      await slack.type({ ...place, text });
    await slack.type({ ...place, text: '@fairlead help' });
    await slack.type({ ...place, text: '@fairlead deploy shop' });
    await slack.type({ ...place, text: `/${prefix}dock lock shop for 2h` });
    const lock = await slack.waitFor(({ blocks }) => JSON.stringify(blocks).includes('Extend by'), seen);
    await slack.click({ person: OPS, message: lock, label: 'Release' });
    await slack.click({ person: DEV, message: lock, label: 'Extend by 2 h' });
    await slack.openHome({ person: DEV });
    await expect.poll(() => slack.home({ person: DEV })).toBeDefined();
    await slack.click({ person: DEV, viewId: slack.home({ person: DEV })?.id ?? '', label: 'Containers' });

    const bodies = slack.requests.map(({ body }) => body);
    const replies = [...slack.messages(seen), slack.home({ person: DEV }), slack.view({ person: DEV }), ...bodies];
    const own = replies.filter((reply) => (reply as { author?: string }).author !== DEV);
    expect(own.flatMap(unprefixed)).toEqual([]);
    expect(JSON.stringify(own)).not.toContain('There is no command `dock`');
    expect(JSON.stringify(own)).not.toMatch(/\[object |<!command/u);
  },
);
