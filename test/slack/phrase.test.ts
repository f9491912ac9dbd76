import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Piece, parseMrkdwn } from '../../playground/web/mrkdwn.ts';
import { commandLine, joinPhrases, mention, mentionChannel, type Part, phrase } from '../../src/domain/phrase.ts';
import { slash, typedLine, writeCommands, writeCommandsInText } from '../../src/slack/block-kit/commands.ts';
import { section } from '../../src/slack/block-kit/message.ts';
import { mrkdwn } from '../../src/slack/block-kit/phrase.ts';
import { pieces } from '../../src/slack/block-kit/pieces.ts';
import { plainText } from '../../src/slack/block-kit/plain.ts';

const shown = (said: Parameters<typeof mrkdwn>[0], prefix = '') => writeCommandsInText(mrkdwn(said), prefix);
const kindsOf = (all: readonly Piece[]): string[] =>
  all.flatMap((piece) => [piece.kind, ...('pieces' in piece ? kindsOf(piece.pieces) : [])]);

it('people and channels are mentioned, commands are code with the prefix of the workspace', () => {
  const said = phrase`${mention('U0OPS1')} holds \`shop\` in ${mentionChannel('C0PROD')}: ${commandLine('ask shop')}, ${commandLine('lock shop --queue')}, ${commandLine('rollback shop')}.`;

  expect(shown(said)).toBe(
    '<@U0OPS1> holds `shop` in <#C0PROD>: `/dock ask shop`, `/dock lock shop --queue`, `/rollback shop`.',
  );
  expect(shown(said, 'd-')).toBe(
    '<@U0OPS1> holds `shop` in <#C0PROD>: `/d-dock ask shop`, `/d-dock lock shop --queue`, `/d-rollback shop`.',
  );
});

it.each([
  ['ps', '/d-ps'],
  ['ps -a', '/d-ps -a'],
  ['plan 3f9c', '/d-dock plan 3f9c'],
  ['help <command>', '/d-dock help <command>'],
  ['rollback shop --to <tag>', '/d-rollback shop --to <tag>'],
  ['dock reject 3f9c', '/d-dock reject 3f9c'],
  ['nosuch command', '/d-dock nosuch command'],
])('%s is typed as %s', (line, typed) => {
  expect(typedLine(line, 'd-')).toBe(typed);
});

it.each([
  '<@U0DEV1> <#C0PROD> <!channel> <!subteam^S0ONCALL>',
  '<!command^approve A1>',
  '&lt;@U0DEV1&gt;',
  '/dock approve A1',
  '*_~bold~_* :tada: > quote',
])('a text stays text: %s', (text) => {
  for (const said of [text, [text, text], phrase`${mention('x> <!channel>')}${mentionChannel(text)}${text}`]) {
    const kinds = kindsOf(parseMrkdwn(shown(said, 'd-')));
    expect(kinds.filter((kind) => kind !== 'text')).toEqual([]);
    expect(shown(said, 'd-')).not.toContain('/d-');
  }
});

it.each([
  'the volume `/logs`, from `/images`',
  'https://example.com/dock plan',
  'a:/dock plan',
  '`/docker ps`',
  '`/dock`',
  '/deploy keys are in /deploy shop',
  '`/logsearch shop`',
  '`@fairlead logs shop`',
  '`/dock plan 3f9c` shows it',
  'See /dock ps -a, or `/dock help logs`.',
])('a text that looks like a command stays as it is: %s', (text) => {
  expect(shown(text, 'd-')).toBe(text);
  expect(writeCommands({ type: 'mrkdwn', text }, 'd-')).toEqual({ type: 'mrkdwn', text });
});

it('a command of strangers’ words is code, and no more', () => {
  const line = 'deploy shop `x` <@U0DEV1> <!channel> > &amp;\n(now)';
  expect(kindsOf(parseMrkdwn(shown([commandLine(line)])))).toEqual(['code']);
  expect(plainText([section(mrkdwn(['See ', commandLine(line)]))])).toBe(
    "See `/deploy shop 'x' <@U0DEV1> <!channel> > &amp; (now)`",
  );
});

it('whatever texts are put in, mentions and commands come from parts', () => {
  const hostile = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '<@U0DEV1>',
      '<!command^ps>',
      '<',
      '>',
      '`',
      '&lt;',
      '<#C0PROD',
      '<!command^',
      '^',
      '|',
      '/dock ps',
    ),
  );
  const anyPart = fc.oneof(
    { arbitrary: hostile, weight: 3 },
    { arbitrary: fc.constantFrom('U0DEV1', 'U0OPS1').map(mention), weight: 1 },
    { arbitrary: fc.constantFrom('C0PROD', 'D0DEV1').map(mentionChannel), weight: 1 },
    { arbitrary: hostile.map((text) => commandLine(`ps -a ${text}`)), weight: 1 },
  );
  fc.assert(
    fc.property(fc.array(anyPart), (parts: readonly Part[]) => {
      const said = shown(joinPhrases(parts, ''), 'd-');
      const count = (kind: 'person' | 'channel' | 'command') =>
        parts.filter((part) => typeof part === 'object' && kind in part).length;
      expect(said.match(/<@[UW][A-Z0-9]+>/gu) ?? []).toHaveLength(count('person'));
      expect(said.match(/<#[CD][A-Z0-9]+>/gu) ?? []).toHaveLength(count('channel'));
      expect(said.match(/`\/d-ps /gu) ?? []).toHaveLength(count('command'));
      expect(said).not.toContain('<!');
    }),
  );
});

it('only mrkdwn and the hints of forms have commands; what others put into labels and cells stays', () => {
  const text = slash('totp');
  const block = (type: string) => ({ type, text });
  const view = {
    blocks: [block('mrkdwn'), block('raw_text'), block('plain_text')],
    hint: { type: 'plain_text', text: `See ${slash('deploy <service> <tag>')}.` },
    value: text,
  };

  expect(writeCommands(view, 'd-')).toEqual({
    blocks: [{ type: 'mrkdwn', text: '`/d-dock totp`' }, block('raw_text'), block('plain_text')],
    hint: { type: 'plain_text', text: 'See /d-deploy <service> <tag>.' },
    value: text,
  });
  const plain = { blocks: [{ type: 'mrkdwn', text: 'no command' }] };
  expect(writeCommands(plain, 'd-')).toBe(plain);
});

it('a long text is parted beside a command, and never inside of it', () => {
  for (let lead = 2860; lead < 2960; lead += 1) {
    const said = mrkdwn(['x'.repeat(lead), ' ', commandLine('lock shop --take --reason …'), ' takes it over.']);
    for (const piece of pieces(said)) expect(writeCommandsInText(piece, '')).not.toMatch(/<!|\^/u);
  }
});
