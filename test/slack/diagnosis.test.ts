import { expect, it } from 'vitest';
import { UserError } from '../../src/domain/errors.ts';
import type { Diagnosed } from '../../src/handlers/containers/why/diagnosed.ts';
import { diagnoseName } from '../../src/handlers/images/why/by-name.ts';
import { sendable } from '../../src/slack/block-kit/limits.ts';
import { diagnosisBlocks } from '../../src/slack/views/parts/diagnosis.ts';

const refused = diagnoseName(
  'nginx',
  new UserError('image_not_allowed', '`nginx` is not on the list of allowed images.'),
);
const base: Diagnosed = {
  host: 'web-1',
  name: 'nginx',
  about: [],
  isWell: false,
  well: '',
  diagnosis: refused,
  steps: [],
};

const some = <T>(one: T): readonly (readonly T[])[] => [[], [one]];

it('is whole, whatever of its parts there is nothing to say about', () => {
  for (const about of some('running'))
    for (const causes of [[], refused.causes])
      for (const unread of some('its log'))
        for (const lookedAt of some('its state')) {
          const blocks = diagnosisBlocks({ ...base, about, diagnosis: { causes, unread, lookedAt } });
          expect(sendable({ blocks }).problems).toEqual([]);
          expect(JSON.stringify(blocks)).not.toMatch(/"text":"(?:\s*·|looked at ")/u);
        }
});
