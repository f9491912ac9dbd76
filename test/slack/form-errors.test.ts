import { expect, it } from 'vitest';
import { mention, phrase } from '../../src/domain/phrase.ts';
import { checkView } from '../../src/slack/block-kit/limits.ts';
import { asPlainText } from '../../src/slack/block-kit/plain.ts';
import { attachedInForm } from '../../src/slack/listeners/attached.ts';
import { errorBlock } from '../../src/slack/listeners/form-line.ts';
import { deployForm } from '../../src/slack/views/deploy/form.ts';
import { opened } from '../e2e/harness.ts';
import { DEV, STAGING } from '../playground/app.ts';
import { wholeBot } from './whole-bot.ts';

it('what is typed into a form is text, and what is wrong is said under its field', async () => {
  await using it = await wholeBot();
  const filled = async (values: Record<string, string>) => {
    await it.slack.type({ person: DEV, channel: STAGING, text: '/deploy shop' });
    await opened(it.slack, DEV);
    const { response } = await it.slack.submitView({ person: DEV, values });
    if (it.slack.view({ person: DEV })) await it.slack.closeView({ person: DEV });
    return (response as { errors?: Record<string, string> } | undefined)?.errors ?? {};
  };

  for (const reason of ['--urgent', '--break-glass', '-e A=b', 'one\ntwo'])
    expect(JSON.stringify(await filled({ version: '1.0.0', reason }))).not.toMatch(/needs a value|option|control/u);
  for (const version of ['--break-glass', '--plan', '1.0 .0'])
    expect(await filled({ version, reason: 'x' })).toEqual({ 'version-shop': expect.stringContaining('is a tag') });
  // A reason may be 300 characters long in the form, and no longer.
  expect(Object.keys(await filled({ version: '1.0.0', reason: `${'x'.repeat(299)}é` }))).not.toContain('reason');
});

const FORM = { service: {}, 'version-shop': {}, 'hosts-shop': {}, reason: {} };

it.each([
  ['an argument of its own', { reason: 'bad_input', field: 'reason' }, 'reason'],
  ['the hosts', { reason: 'host_unknown' }, 'hosts-shop'],
  ['the service', { reason: 'locked' }, 'service'],
  ['nothing in particular', { reason: 'conflict' }, 'version-shop'],
  ['an argument the form has no field for', { reason: 'bad_input', field: 'memory' }, 'version-shop'],
] as const)('an error about %s is shown under its field', (_, about, block) => {
  expect(errorBlock(FORM, about)).toBe(block);
});

it('what is shown under a field is plain text', () => {
  const channels = new Map([['C0PROD', { name: 'prod' }]]);
  const said =
    '<@U0DEV1> asks that in <#C0PROD> &amp; <#C0OTHER>: plan `ab12` of *shop* &lt;none&gt;, ask <!subteam^S0ONCALL>.';

  expect(asPlainText(said, channels)).toBe(
    'Somebody else asks that in #prod & another channel: plan ab12 of shop <none>, ask a group.',
  );
});

it('a form says before it is sent that nobody could approve, and what helps', () => {
  const nobody = { why: phrase`Nobody can approve: ${mention(DEV)} is alone.`, hint: 'Or add one more person.' };
  const chosen = { name: 'shop', hosts: ['web-1'], tags: ['1'], cut: false, running: undefined, failed: [], nobody };
  const texts = (of: typeof chosen | (Omit<typeof chosen, 'nobody'> & { nobody: undefined })) =>
    JSON.stringify(deployForm({ kind: 'form', services: [{ name: 'shop' }], chosen: of }, { channel: STAGING }).blocks);

  expect(texts(chosen)).toContain(`Nobody can approve: <@${DEV}> is alone.`);
  expect(texts(chosen)).toContain(nobody.hint);
  expect(texts({ ...chosen, nobody: undefined })).not.toContain(':warning:');
});

it('a form whose lists are longer than Slack takes says how many it does not offer', () => {
  const many = (count: number, name: string) => Array.from({ length: count }, (_, index) => `${name}-${index}`);
  const chosen = {
    name: 's-0',
    hosts: many(500, 'web'),
    tags: [...many(300, 'v'), 'x'.repeat(80)],
    cut: true,
    running: undefined,
    failed: [],
    nobody: undefined,
  };
  const view = deployForm(
    { kind: 'form', services: many(230, 's').map((name) => ({ name })), chosen },
    { channel: STAGING },
  );

  expect(checkView(view)).toEqual([]);
  expect(JSON.stringify(view)).toMatch(
    /100 of 230 services.*100 of 301 tags.*more tags than.*all 500\. 100 of 500 hosts/u,
  );
});

it.each([
  ['```\nFROM alpine:3\n```', 'FROM alpine:3'],
  ['```dockerfile\nFROM alpine:3\nRUN ls\n```\n', 'FROM alpine:3\nRUN ls'],
  ['FROM alpine:3\n', 'FROM alpine:3\n'],
])('a Dockerfile is taken without the fence it was copied with', (value, text) => {
  expect(attachedInForm('form-lint', { text: { text: { value } } })).toEqual({ kind: 'text', text });
});
