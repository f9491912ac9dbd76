import { expect, it } from 'vitest';
import { buttonsOf } from '../../playground/server/index.ts';
import type { AskedResult } from '../../src/handlers/lifecycle/types.ts';
import type { Request } from '../../src/handlers/request.ts';
import { plainText } from '../../src/slack/block-kit/plain.ts';
import { askedView } from '../../src/slack/views/lifecycle/asked.ts';
import { LIFECYCLE } from '../pictures/lifecycle.ts';

const asked = LIFECYCLE.find(({ command }) => command === 'stop')?.result as unknown as AskedResult;
const shown = (action: AskedResult['act']['action']) =>
  askedView({ ...asked, act: { ...asked.act, action } } as AskedResult, { person: 'U0DEV1' } as Request);

it('a card that removes containers says that it is for good, and its button asks once more', () => {
  const { blocks } = shown('rm');
  expect(plainText(blocks)).toContain('This cannot be undone.');
  expect(buttonsOf(blocks)[0]).toMatchObject({
    confirm: { text: { text: expect.stringContaining('cannot be undone') } },
  });

  const stop = shown('stop').blocks;
  expect(plainText(stop)).not.toContain('undone');
  expect(buttonsOf(stop)[0]).not.toHaveProperty('confirm');
});
