import { createServer } from 'node:net';
import { openStore, type Store } from '../../src/store/store.ts';
import { KEYS } from '../store/keys.ts';

/** The store of a bot that runs, or has run. */
export function storeOf(env: NodeJS.ProcessEnv): Promise<Store> {
  return openStore(env['DATABASE_URL'] as string, KEYS);
}

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0));
    });
  });
}
