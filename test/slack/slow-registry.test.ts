import { createServer } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { opened } from '../e2e/harness.ts';
import { DEV, STAGING } from '../playground/app.ts';
import { CONFIG, wholeBot } from './whole-bot.ts';

it('a registry that does not answer costs the list of versions, not the form', { timeout: 60_000 }, async () => {
  const registry = createServer(() => {});
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void registry.close());
  const { port } = registry.address() as { port: number };
  await using it = await wholeBot({
    registries: { [`127.0.0.1:${port}`]: { username: 'a', password: 'bcdefghi' } },
    images: { allow: ['127.0.0.1:*/**'] },
    services: { shop: { ...CONFIG.services.shop, image: `127.0.0.1:${port}/shop` } },
  });

  await it.slack.type({ person: DEV, channel: STAGING, text: '/deploy shop' });
  expect(JSON.stringify(await opened(it.slack, DEV))).toContain('version-shop');
});
