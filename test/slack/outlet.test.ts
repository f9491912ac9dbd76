import { WebClient } from '@slack/web-api';
import { expect, it, vi } from 'vitest';
import { section } from '../../src/slack/blocks.ts';
import { createOutlet } from '../../src/slack/outlet.ts';
import { createLog } from '../../src/telemetry.ts';

const message = { text: 'Three images', blocks: [section('Three images')] };
const manner = { inChannel: false, replace: false, refused: false, request: undefined };

it('an answer whose acknowledgement Slack did not take goes another way', async () => {
  const respond = vi.fn(async () => ({}) as never);
  const outlet = createOutlet({
    client: new WebClient(),
    place: { person: 'U0DEV1', channel: 'C0STAGING' },
    log: createLog('silent'),
    // As when the socket closes while the answer is being found.
    ack: () => Promise.reject(new Error('The connection is not open')),
    ackCarries: 'answer',
    respond,
  });

  await outlet.answer(message, manner);

  expect(respond).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ text: 'Three images', response_type: 'ephemeral' }),
  );
});
