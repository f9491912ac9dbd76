import { connect, createServer, type Socket } from 'node:net';

/**
 * What is done with a connection at a statement. `cut`: ends it before the server has the statement; `cut behind`: as soon as
 * the server has it; `cut answer`: once the server has answered, whose answer is not passed on. `freeze`: nothing is passed on.
 */
export type Fault = 'cut' | 'cut behind' | 'cut answer' | 'freeze';

/** Stands before a real PostgreSQL and changes nothing, until a test breaks what runs through it. */
export interface PostgresProxy extends AsyncDisposable {
  /** The same database, through here and without TLS. */
  readonly url: string;
  /** Breaks the connection that sends the next statement with these words. Resolves once that is done. */
  breakAt(words: string, fault: Fault): Promise<void>;
  /** While true, nobody gets a connection. */
  refuse: boolean;
  /** While true, connections are taken and never answered. */
  silent: boolean;
  /** While true, nothing is passed on, and new connections are not answered: a server that hangs. What was not is lost. */
  hangs: boolean;
  /** Replaces bytes in what the server sends: of the same length. */
  rewrite: readonly [from: string, to: string] | undefined;
  /** Ends all connections, and passes those that come to the database of another address: what a failover does. */
  failOver(to: string): void;
  /** How many connections were made. */
  readonly made: number;
}

interface Trap {
  readonly words: string;
  readonly fault: Fault;
  readonly sprung: () => void;
}

/** Statements in a chunk of what a client sends, once its startup is over: those of simple and of extended queries. */
function* statementsIn(pending: Buffer): Generator<{ readonly text: string; readonly end: number }> {
  for (let at = 0; at + 5 <= pending.length; ) {
    const end = at + 1 + pending.readUInt32BE(at + 1);
    if (end > pending.length) return;
    const kind = String.fromCharCode(pending[at] ?? 0);
    yield { text: kind === 'Q' || kind === 'P' ? pending.toString('utf8', at + 5, end) : '', end };
    at = end;
  }
}

/** `ReadyForQuery`: the server has answered all that it was sent. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5]);

export async function postgresProxy(of: string): Promise<PostgresProxy> {
  let target = new URL(of);
  const open = new Set<Socket>();
  let trap: Trap | undefined;
  let made = 0;

  const serve = (client: Socket) => {
    const server = connect(Number(target.port), target.hostname);
    open.add(client).add(server);
    let isLeft = false;
    let isBroken = false;
    client.on('error', () => {}).on('close', () => isLeft || server.destroy());
    server.on('error', () => {}).on('close', () => isBroken || client.destroy());
    let pending = Buffer.alloc(0);
    let isStarted = false;
    let atAnswer: (() => void) | undefined;
    const cut = (sprung: () => void) => {
      isBroken = true;
      client.destroy();
      sprung();
    };
    const spring = ({ fault, sprung }: Trap, message: Buffer) => {
      trap = undefined;
      isLeft = fault === 'cut behind';
      if (isLeft) server.write(message);
      if (fault !== 'freeze') return cut(sprung);
      isBroken = true;
      sprung();
    };
    client.on('data', (chunk) => {
      if (isBroken || proxy.hangs) return;
      pending = Buffer.concat([pending, chunk]);
      if (!isStarted) {
        // The startup message has no letter before its length.
        const end = pending.length < 4 ? Number.POSITIVE_INFINITY : pending.readUInt32BE(0);
        if (pending.length < end) return;
        server.write(pending.subarray(0, end));
        pending = pending.subarray(end);
        isStarted = true;
      }
      let sent = 0;
      for (const { text, end } of statementsIn(pending)) {
        const message = pending.subarray(sent, end);
        if (trap && text.includes(trap.words)) {
          if (trap.fault !== 'cut answer') return spring(trap, message);
          const { sprung } = trap;
          atAnswer = () => cut(sprung);
          trap = undefined;
        }
        server.write(message);
        sent = end;
      }
      pending = pending.subarray(sent);
    });
    server.on('data', (chunk) => {
      if (isBroken || proxy.hangs) return;
      if (atAnswer === undefined) client.write(rewritten(chunk, proxy.rewrite));
      else if (chunk.includes(READY)) atAnswer();
    });
  };

  const listener = createServer((client) => {
    made += 1;
    client.on('error', () => {});
    if (proxy.refuse) return void client.destroy();
    if (proxy.silent || proxy.hangs) return void open.add(client);
    serve(client);
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const url = new URL(of);
  url.port = `${(listener.address() as { port: number }).port}`;
  url.searchParams.set('sslmode', 'disable');
  const proxy: PostgresProxy = {
    url: url.href,
    refuse: false,
    silent: false,
    hangs: false,
    rewrite: undefined,
    failOver(to) {
      target = new URL(to);
      for (const socket of open) socket.destroy();
    },
    get made() {
      return made;
    },
    breakAt: (words, fault) =>
      new Promise((sprung) => {
        trap = { words, fault, sprung };
      }),
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
  return proxy;
}

function rewritten(chunk: Buffer, rewrite: readonly [string, string] | undefined): Buffer {
  const at = rewrite === undefined ? -1 : chunk.indexOf(rewrite[0]);
  return rewrite === undefined || at === -1
    ? chunk
    : Buffer.concat([chunk.subarray(0, at), Buffer.from(rewrite[1]), chunk.subarray(at + rewrite[0].length)]);
}
