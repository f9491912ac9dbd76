import type { FileSeen, MessageSeen, RefusalSeen, ViewSeen } from '../../web/protocol.ts';
import type { LoggedRequest } from '../logged-request.ts';
import type { Message, StoredFile } from '../state.ts';
import type { View } from '../views.ts';

const PREVIEW_LINES = 12;
const PREVIEW_CHARACTERS = 2000;

export function messageSeen(message: Message): MessageSeen {
  const { ts, channel, author, ephemeral, threadTs, text, blocks, edited, files } = message;
  const thread = threadTs === undefined ? {} : { threadTs };
  return { ts, channel, author, onlyYou: ephemeral, ...thread, text, blocks, edited, files: files.map(fileSeen) };
}

function fileSeen({ id, name, title, content }: StoredFile): FileSeen {
  const lines = content.trimEnd().split('\n');
  const preview = lines.slice(0, PREVIEW_LINES).join('\n').slice(0, PREVIEW_CHARACTERS);
  return { id, name, title, bytes: Buffer.byteLength(content), lines: lines.length, preview };
}

export function viewSeen(view: View | undefined): ViewSeen | null {
  return view ? { id: view.id, hash: view.hash, body: view.body } : null;
}

export function refusalSeen(request: LoggedRequest, id: number, at: number): RefusalSeen {
  const { method, body, response } = request;
  const channel = body['channel'] ?? body['channel_id'];
  const details = (response['errors'] ?? []) as readonly string[];
  const { needed } = response;
  return {
    id,
    at,
    method,
    error: String(response['error']),
    details: needed === undefined ? details : [`needs the scope ${String(needed)}`],
    ...(typeof channel === 'string' ? { channel } : {}),
  };
}
