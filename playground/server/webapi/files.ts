import { randomBytes, randomUUID } from 'node:crypto';
import { BOT_USER } from '../defaults.ts';
import { type Fields, json, text } from './fields.ts';
import { type Method, refuse, type Upload, writable } from './types.ts';

export const fileId = (): string => `F${randomBytes(5).toString('hex').toUpperCase()}`;

const MAX_SNIPPET_BYTES = 1_048_576;

export const files: Readonly<Record<string, Method>> = {
  'files.getUploadURLExternal'(fields, { uploads, url }) {
    const name = text(fields, 'filename');
    const length = Number(fields['length']);
    if (name === '' || !(length > 0)) return refuse('invalid_arguments');
    if (text(fields, 'snippet_type') !== '' && length > MAX_SNIPPET_BYTES) return refuse('snippet_too_large');
    const id = fileId();
    const secret = randomUUID();
    uploads.set(secret, { id, name, length, content: undefined });
    return { ok: true, upload_url: `${url()}/upload/${secret}`, file_id: id };
  },
  'files.info'(fields, { state, url }) {
    const file = state.file(text(fields, 'file'));
    if (!file) return refuse('file_not_found');
    const { id, name, title, content } = file;
    const size = Buffer.byteLength(content);
    const at = `${url()}/files/${id}`;
    return { ok: true, file: { id, name, title, size, is_external: false, url_private: at, url_private_download: at } };
  },
  /** Without a channel, nobody can see the file. */
  'files.completeUploadExternal'(fields, api) {
    const wanted = wantedFiles(fields);
    if (wanted.length === 0) return refuse('invalid_arguments');
    const id = text(fields, 'channel_id') || text(fields, 'channels').split(',')[0] || '';
    const place = id === '' ? undefined : writable(id, api, false);
    if (typeof place === 'string') return refuse(place);
    const stored = wanted.flatMap(({ id: fileId, title }) => {
      const upload = [...api.uploads.values()].find((one) => one.id === fileId);
      return upload?.content === undefined
        ? []
        : [{ id: fileId, name: upload.name, title: title ?? upload.name, content: upload.content }];
    });
    if (stored.length < wanted.length) return refuse('file_not_found');
    for (const [secret, { id: fileId }] of api.uploads)
      if (stored.some((file) => file.id === fileId)) api.uploads.delete(secret);
    const threadTs = text(fields, 'thread_ts') || undefined;
    if (place)
      api.state.add({
        channel: place.id,
        author: BOT_USER,
        text: text(fields, 'initial_comment'),
        threadTs,
        files: stored,
      });
    return { ok: true, files: stored.map((file) => ({ id: file.id, title: file.title })) };
  },
};

/** Stores the bytes of an upload; false when their number is not the announced one. */
export function take(upload: Upload, content: Buffer): boolean {
  if (content.length !== upload.length) return false;
  upload.content = content.toString('utf8');
  return true;
}

function wantedFiles(fields: Fields): { id: string; title?: string }[] {
  const wanted = json(fields, 'files');
  return Array.isArray(wanted) ? (wanted as { id: string; title?: string }[]) : [];
}
