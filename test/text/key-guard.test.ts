import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { withoutKeyRest } from '../../src/text/key-guard.ts';

it('text from the middle of a log loses the rest of a key, and no whole one', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const rest = pem.split('\n').slice(5).join('\n');

  expect(withoutKeyRest(`${rest}then\n${pem}last`)).toBe(`*** (private key)\nthen\n${pem}last`);
  expect(withoutKeyRest(`a\n${pem}b`)).toBe(`a\n${pem}b`);
  expect(withoutKeyRest('plain\n\ntext\n')).toBe('plain\n\ntext\n');
});
