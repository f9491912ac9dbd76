import { expect, it } from 'vitest';
import { noteView } from '../../src/slack/views/deploy/notes.ts';

it('what a host said pings nobody, in the notification no more than in the message', () => {
  const { text, blocks } = noteView({
    kind: 'evidence',
    host: 'web-1',
    verdict: {
      verdict: 'rolled_back',
      phase: 'gate',
      why: 'It ended with: <!channel> & <@U0DEV1>',
      tryThis: '<!here>',
      ms: 1,
      evidence: {
        state: 'exited',
        exitCode: 1,
        outOfMemory: false,
        restartCount: 0,
        error: '<!everyone>',
        healthLog: [],
        lastLines: [],
        strength: 'health check',
      },
    },
  });

  expect(text).toBe('web-1: It ended with: &lt;!channel&gt; &amp; &lt;@U0DEV1&gt;');
  expect(JSON.stringify(blocks)).not.toMatch(/<[!@]/u);
});
