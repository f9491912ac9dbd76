import type { Frame } from './protocol.ts';

const AGAIN_MS = 1000;

/** The session token, which proves that a request comes from this page. */
const session = () => document.querySelector<HTMLMetaElement>('meta[name=session]')?.content ?? '';

/**
 * Keeps a connection for one person and passes on its frames; reconnects when it is lost. Returns a function that ends
 * it.
 */
export function live(person: string, on: (frame: Frame) => void, lost: () => void): () => void {
  let ended = false;
  let socket: WebSocket;
  const connect = () => {
    if (ended) return;
    socket = new WebSocket(`ws://${location.host}/_page/live?as=${encodeURIComponent(person)}&session=${session()}`);
    socket.addEventListener('message', ({ data }) => {
      if (!ended) on(JSON.parse(String(data)) as Frame);
    });
    socket.addEventListener('close', () => {
      if (ended) return;
      lost();
      setTimeout(connect, AGAIN_MS);
    });
  };
  connect();
  return () => {
    ended = true;
    socket.close();
  };
}

/** The result of an act: whether the app acknowledged it, and its answer. */
export interface Acted {
  readonly ok: boolean;
  readonly error?: string;
  readonly response?: unknown;
}

/**
 * Carries out an act of a person: `type`, `click`, `suggest`, `submitView`, `closeView`, `openHome`. Rejects with why
 * it was not possible.
 */
export async function act<Answer extends object = Acted>(name: string, body: object): Promise<Answer> {
  const response = await fetch(`/_control/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-session': session() },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as Answer & { readonly error?: string };
  if (!response.ok) throw new Error(answer.error ?? `The local Slack answered ${response.status}.`);
  return answer;
}
