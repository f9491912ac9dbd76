import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SPECS } from '../../src/commands/index.ts';
import { commandOf } from '../../src/commands/language/parse.ts';
import { mentionedLine, unescapeEvent } from '../../src/slack/listeners/mention.ts';
import { processorTime } from '../processor-time.ts';

const BOT = 'U0FAIRLEAD';
const isCommand = (line: string) => {
  try {
    return commandOf(line, SPECS) !== undefined;
  } catch {
    return false;
  }
};
const lineIn = (text: string) => mentionedLine(text.replaceAll('BOT', `<@${BOT}>`), BOT, isCommand);

describe('a command for the bot', () => {
  it.each([
    ['BOT ps', 'ps'],
    ['  BOT   ps -a  ', 'ps -a'],
    ['BOT: ps', 'ps'],
    ['BOT, ps', 'ps'],
    ['BOT : ps', 'ps'],
    ['BOT\nps', 'ps'],
    ['BOT - ps', 'ps'],
    ['BOT\u2014 ps', 'ps'],
    ['BOT\u2026 ps', 'ps'],
    ['BOT... ps', 'ps'],
    ['BOT -h', '-h'],
    ['logs web - BOT', 'logs web'],
    ['logs web \u2014 BOT', 'logs web'],
    ['BOT\u00a0ps', 'ps'],
    ['BOT\u3000ps', 'ps'],
    ['<@U0FAIRLEAD|fairlead> ps', 'ps'],
    ['*BOT* ps', 'ps'],
    ['<@U0OPS1> BOT ps', 'ps'],
    ['<@U0OPS1>, BOT: ps', 'ps'],
    ['<@U0OPS1> <@U0DEV1> BOT ps', 'ps'],
    ['<!subteam^S0ONCALL|@oncall> BOT ps', 'ps'],
    ['<!here> BOT ps', 'ps'],
    ['BOT <@U0OPS1> ps', 'ps'],
    ['BOT BOT ps', 'ps'],
    ['BOT', ''],
    ['BOT `/logs shop`', '/logs shop'],
    ['BOT: `logs shop`', 'logs shop'],
    ['BOT ```logs shop```', 'logs shop'],
    ['BOT ```\n/logs shop -n 5\n```', '/logs shop -n 5'],
    ['`/logs shop` BOT', '/logs shop'],
    ['logs web BOT', 'logs web'],
    ['logs web, BOT', 'logs web'],
    ['logs web\nBOT', 'logs web'],
    ['/logs web BOT', '/logs web'],
    ['logs web BOT.', 'logs web'],
    ['logs web BOT <@U0OPS1>', 'logs web'],
    ['logs web <@U0OPS1> BOT', 'logs web'],
    ['dock ps BOT', 'dock ps'],
    ['• BOT ps', 'ps'],
    ['1. BOT ps', 'ps'],
    ['&gt; what runs there?\nBOT ps', 'ps'],
    ['BOT deploy shop 1.0.0 --reason "ask BOT about it"', `deploy shop 1.0.0 --reason "ask <@${BOT}> about it"`],
    ['BOT dock audit --by <@U0DEV1>', 'dock audit --by <@U0DEV1>'],
    ['dock audit --by <@U0DEV1> BOT', 'dock audit --by <@U0DEV1>'],
    ['BOT please deploy shop', 'please deploy shop'],
    ['BOT logs shop --grep a&gt;b&amp;c', 'logs shop --grep a>b&c'],
    ['BOT lock shop --reason “two words”', 'lock shop --reason “two words”'],
    ['BOT pull <http://registry.example.com/shop:1|registry.example.com/shop:1>', 'pull registry.example.com/shop:1'],
    ['BOT lock shop --reason <https://tickets.example.com/1>', 'lock shop --reason https://tickets.example.com/1'],
    ['BOT logs shop --grep <tel:+4930123456|+49 30 123456>', 'logs shop --grep +49 30 123456'],
    ['BOT logs shop --grep <tel:5550123>', 'logs shop --grep 5550123'],
    ['BOT logs shop --grep <mailto:dana@example.com|dana@example.com>', 'logs shop --grep dana@example.com'],
    ['BOT logs shop --grep <mailto:dana@example.com>', 'logs shop --grep dana@example.com'],
    ['BOT lock shop --reason "see <#C0STAGING|staging>"', 'lock shop --reason "see #staging"'],
    ['BOT lock shop --reason "see <#C0STAGING>"', 'lock shop --reason "see <#C0STAGING>"'],
    ['BOT lock shop --reason "<!subteam^S0ONCALL|@oncall> asks"', 'lock shop --reason "@oncall asks"'],
  ])('%j', (text, line) => {
    expect(lineIn(text)).toBe(line);
  });
});

describe('no command', () => {
  it.each([
    'please do not BOT deploy shop 1.0.0 --plan',
    'please do not run `deploy shop 1.0.0` BOT',
    'hi BOT',
    'hey BOT ps',
    'thanks BOT!',
    'what is up, BOT?',
    'ask BOT: ps shows it',
    '<@U0OPS1> could you ask BOT to deploy shop 1.0.0',
    '<@U0OPS1> deploy shop 1.0.0',
    '&gt; BOT deploy shop 1.0.0',
    '&gt; BOT deploy shop 1.0.0\nis that what you typed?',
    '&gt;&gt;&gt; somebody said\nBOT deploy shop 1.0.0',
    'I typed `BOT ps` yesterday',
    'deploy shop 1.0.0',
    'the BOT ps command',
    'ps is what BOT knows',
    '<@U0FAIRLEADER> ps',
    '',
  ])('%j', (text) => {
    expect(lineIn(text)).toBeUndefined();
  });
});

it('takes what Slack made of typed text back, in one pass', () => {
  expect(unescapeEvent('&amp;lt; <https://a.example/?b=1&amp;c=2> <!date^1700000000^{date}|today> <@U0DEV1>')).toBe(
    '&lt; https://a.example/?b=1&c=2 today <@U0DEV1>',
  );
});

it('is quick on hostile messages', () => {
  const parts = fc.constantFrom('<@U0FAIRLEAD>', '<@U0X>', '<', '&gt;', '`', ' ', ',', '\n', '*', '<tel:', '|', '>');
  const hostile = [
    fc.sample(fc.array(parts, { minLength: 2000, maxLength: 2000 }), 3).map((all) => all.join('').slice(0, 11_000)),
    [',', ' ', '*', ' -', '- ', '\u2026 ', '.. ', '<@U', '<@U0X>', '<@U0X> ', '&gt;', '`', '\n ', '-a '].map(
      (part) => `${part.repeat(3000).slice(0, 11_000)}x`,
    ),
  ].flat();
  for (const text of hostile) {
    const began = processorTime();
    mentionedLine(text, BOT, isCommand);
    unescapeEvent(text);
    expect(processorTime() - began, text.slice(0, 20)).toBeLessThan(100);
  }
});
