import { expect, it } from 'vitest';
import type { LocalSlack, Message } from '../../playground/server/index.ts';
import { bed, container, describeWithEngine, engineApi, uniqueName } from '../bed/bed.ts';
import { type Mode, scene } from './harness.ts';

const RTL = '\u202egnp.exe\u202c';
const ZERO_WIDTH = 'sh\u200bop\u2066\ufeff';

/** What people, or somebody who is not meant well, might type after any command. */
const hostile = (victim: string): readonly string[] => [
  '..',
  `../../containers/${victim}/kill?signal=KILL`,
  '//127.0.0.1:1/x',
  `${victim}/kill?signal=KILL&x=`,
  'a%2f..%2fb',
  'web\r\nHost: evil',
  'line\nbreak',
  'nul\u0000byte',
  'x'.repeat(20_000),
  `${'['.repeat(2000)}`,
  '🦊🔥',
  RTL,
  ZERO_WIDTH,
  '<!channel>',
  '<!here|here> <@U0OPS1>',
  '*bold* _it_ `code` ~no~ <https://evil.example|click>',
  '"unclosed',
  "'also unclosed",
  '--on ../..',
  '@__proto__',
  '--constructor',
  '-f dangling=constructor',
  '; rm -rf /',
  '$(reboot)',
  '`reboot`',
  '--grep (a+)+$',
  '\\u0000',
];
// The command line a button carries is data: nobody sees it, and Slack formats nothing in it.
const shownOnly = (key: string, value: unknown) => (key === 'value' ? undefined : value);

/** What follows a log stays in the person's direct messages, and the line that says so stays as well. */
const isWaiting = ({ text }: Message) => text === 'Working on it…';

/** Types a line, and resolves to what its person sees of its answer: where that takes longer, once it stands in the place of "Working on it". */
async function answered(slack: LocalSlack, text: string): Promise<readonly Message[]> {
  const seen = () => slack.messages({ channel: 'C0PROD', as: 'U0DEV1' }).filter(({ author }) => author !== 'U0DEV1');
  const before = seen().length;
  const own = () => seen().slice(before);
  expect(await slack.type({ person: 'U0DEV1', channel: 'C0PROD', text }), text.slice(0, 60)).toMatchObject({
    ok: true,
  });
  if (own().some(isWaiting))
    await expect
      .poll(() => own().length > 0 && !own().some(isWaiting), { timeout: 20_000, interval: 10, message: text })
      .toBe(true);
  return own();
}

const COMMANDS = [
  'images',
  'pull',
  'ps',
  'logs',
  'prune',
  'prune volumes',
  'dock',
  'dock can',
  'dock help',
  'dock approve',
  'dock audit --person',
];

describeWithEngine.each<{ mode: Mode }>([{ mode: 'socket' }, { mode: 'http' }])(
  'hostile input over $mode',
  ({ mode }) => {
    it('gets one clear line that pings nobody, and changes nothing', async () => {
      await using it = await scene({ mode, budget: 10_000 });
      const socket = bed().sockets[1] as string;
      await using victim = await container(socket, { cmd: ['sleep', '600'] });
      const volume = uniqueName('victim');
      await engineApi(socket, 'POST', '/volumes/create', { Name: volume });
      for (const command of COMMANDS) {
        for (const text of hostile(victim.name)) {
          const what = `/${command} ${text.slice(0, 60)}`;
          const replies = await answered(it.slack, `/${command} ${text}`);
          for (const reply of replies) {
            // What is quoted as it was logged or listed is in blocks that format nothing and call nobody.
            const spoken = reply.blocks.filter(
              (block) => !/^(?:rich_text|table)$/u.test((block as { type: string }).type),
            );
            const words = `${reply.text}${JSON.stringify(spoken, shownOnly)}`;
            expect(words, what).not.toMatch(/<!(?!date)|<@U0OPS1>|<https:/u);
            expect(words, what).not.toMatch(/[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u);
            expect(reply.text, what).not.toContain('\n');
            expect(reply.text.length, what).toBeLessThan(700);
          }
          expect(replies.length, what).toBeLessThanOrEqual(1);
        }
      }

      expect(it.hasCrashed()).toBe(false);
      expect((await engineApi(socket, 'GET', `/containers/${victim.id}/json`)).text).toContain('"Running":true');
      expect((await engineApi(socket, 'DELETE', `/volumes/${volume}`)).status).toBe(204);
    }, 300_000);

    it('of which the mistakes are one private line that says what is wrong', async () => {
      await using it = await scene({ mode });
      for (const text of [
        '/logs ..',
        '/logs a//b',
        '/pull UPPER/../x',
        '/ps "unclosed',
        `/images ${'x'.repeat(20_000)}`,
        '/logs 🦊',
        '/ps --on ../..',
      ]) {
        await it.slack.type({ person: 'U0DEV1', channel: 'C0PROD', text });
        const reply = it.slack.messages({ channel: 'C0PROD', as: 'U0DEV1' }).at(-1);
        expect(reply?.onlyFor, text).toBe('U0DEV1');
        expect(JSON.stringify(reply?.blocks), text).toContain(':warning:');
      }
      // Others in the channel saw none of it.
      expect(it.slack.messages({ channel: 'C0PROD', as: 'U0OPS1' })).toEqual([]);
    }, 120_000);
  },
);
