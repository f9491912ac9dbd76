import { expect, it } from 'vitest';
import { lastLines, shown } from '../../../src/docker/diagnosis/shown.ts';
import { createRedactor } from '../../../src/policy/redact.ts';

const redact = createRedactor(['secretvalue-12345']);
const hidden = 'saw secretv\u200balue-12345 and pass\u00adword=Hunt3r-9x';

it('evidence shows no secret that has an invisible character in it', async () => {
  expect(shown(hidden, redact)).toBe('saw *** and password=***');
  async function* logs() {
    yield { stream: 'stdout' as const, bytes: Buffer.from(`up\n${hidden}\n`) };
  }
  const lines = await lastLines({ logs }, { id: 'x', tty: false, lines: 1 }, redact, AbortSignal.timeout(1000));
  expect(lines).toEqual(['saw *** and password=***']);
});
