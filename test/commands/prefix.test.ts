import { expect, it } from 'vitest';
import { spelled } from '../../src/commands/language/prefix.ts';

it.each([
  ['`/dock plan 3f9c` shows it', '`/x-dock plan 3f9c` shows it'],
  ['See /dock ps -a, or `/dock help <command>`.', 'See /x-dock ps -a, or `/x-dock help <command>`.'],
  ['Later: `/rollback shop`', 'Later: `/x-rollback shop`'],
  ['`/dock rollback shop --to <tag>`, `/dock lock shop`', '`/x-dock rollback shop --to <tag>`, `/x-dock lock shop`'],
])('%s is spelt with the prefix', (text, expected) => {
  expect(spelled(text, 'x-')).toBe(expected);
  expect(spelled(expected, 'x-')).toBe(expected);
  expect(spelled(text, '')).toBe(text);
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
])('%s is no command, and stays', (text) => {
  expect(spelled(text, 'x-')).toBe(text);
});
