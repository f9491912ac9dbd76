import { randomBytes } from 'node:crypto';
import { createLocalHints, type Hints } from '../hints.ts';
import { createListening } from './listening.ts';
import { type Pool, usingSession } from './pool.ts';

/** The channel of PostgreSQL, which has those of each database apart. */
const CHANNEL = 'fairlead';

/** How long what was heard is gathered: however many hints come, listeners are called no more often. */
const GATHER_MS = 50;

/** More of a payload is not read. Any user of the database may send one: all it can do is to have a process look. */
const MOST_READ = 200;

export interface SharedHints extends Hints {
  close(): Promise<void>;
}

/**
 * Hints to all processes on a database, by NOTIFY. A process listens, on a connection of its own, while it has listeners. A
 * payload is its sender and topics, by spaces. What cannot be sent or heard is left to the polling of the listeners.
 */
export function createSharedHints(pool: Pool): SharedHints {
  const local = createLocalHints();
  // Of a pooler's connections, each transaction has another: there, only the processes' polling is left.
  if (pool.isPooled) return { ...local, close: async () => {} };
  const self = randomBytes(6).toString('hex');
  const heard = new Set<string>();
  const unsent = new Set<string>();
  let gathering: NodeJS.Timeout | undefined;
  let isSending = false;
  let listeners = 0;

  const giveOn = () => {
    gathering = undefined;
    for (const topic of heard) local.tell(topic);
    heard.clear();
  };
  const listening = createListening(pool, CHANNEL, (payload) => {
    const [sender, ...topics] = payload.slice(0, MOST_READ).split(' ');
    // Its own listeners were called when it was sent.
    if (sender === self) return;
    for (const topic of topics) heard.add(topic);
    gathering ??= setTimeout(giveOn, GATHER_MS);
  });
  const send = async () => {
    isSending = true;
    while (unsent.size > 0) {
      const payload = [self, ...unsent].join(' ');
      unsent.clear();
      await usingSession(pool, (session) => session.run('select pg_notify($1, $2)', [CHANNEL, payload])).catch(
        () => {},
      );
    }
    isSending = false;
  };

  return {
    tell(topic) {
      local.tell(topic);
      unsent.add(topic);
      if (!isSending) void send();
    },
    hear(topic, listener) {
      const unhear = local.hear(topic, listener);
      let isHeard = true;
      listeners += 1;
      if (listeners === 1) listening.start();
      return () => {
        if (!isHeard) return;
        isHeard = false;
        unhear();
        listeners -= 1;
        if (listeners === 0) void listening.stop();
      };
    },
    async close() {
      clearTimeout(gathering);
      await listening.stop();
    },
  };
}
