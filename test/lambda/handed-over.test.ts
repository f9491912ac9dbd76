import { expect, it } from 'vitest';
import { HANDED_OVER } from '../../src/entry/lambda/handed-over.ts';
import { COMMANDS } from '../../src/slack/commands.ts';

/** What answers from these alone is answered by the process that receives it. */
const QUICK = ['config', 'kinds', 'log', 'now', 'people', 'redact', 'specs', 'store'];

it('the front hands over, without loading it, each command that always answers from the worker', () => {
  const always = Object.values(COMMANDS)
    .filter(
      ({ parts: { handler, opensForm } }) =>
        opensForm === undefined && !handler.needs.every((need) => QUICK.includes(need)),
    )
    .map(({ spec, live }): [string, string] => [spec.name, live?.stands ?? 'channel']);

  expect(Object.fromEntries(HANDED_OVER)).toEqual(Object.fromEntries(always));
});
