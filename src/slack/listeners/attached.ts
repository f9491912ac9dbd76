import type { Attached } from '../../handlers/request.ts';
import type { SlackApi } from '../client/client.ts';
import { sharedFile } from '../client/shared-file.ts';
import type { AttachedRef } from '../reply/task.ts';
import { FORMS } from '../views/parts/form.ts';
import type { FormValues } from './form-line.ts';

/** A text or shared file, to be read when the command is allowed. */
export function attachedOf(given: AttachedRef, api: () => Promise<SlackApi>): Attached {
  if (given.kind === 'file') return sharedFile(async () => (await api()).client, given);
  return { name: 'Dockerfile', read: async () => Buffer.from(given.text) };
}

/** The text of a form that takes one. */
export function attachedInForm(form: string, values: FormValues): AttachedRef | undefined {
  return form === FORMS.lint ? { kind: 'text', text: unfenced(values['text']?.['text']?.value ?? '') } : undefined;
}

/** A text without the code fence around it, with which it was copied. */
function unfenced(text: string): string {
  const [, inside] = /^\s*```[\w-]*\n([\s\S]*?)\n?```\s*$/u.exec(text) ?? [];
  return inside ?? text;
}

interface Shared {
  readonly id: string;
  readonly name?: string | null;
}

/** What came with a mention: a shared file, else a code block behind the command. `line` is the command without it. */
export function attachedToMention(
  line: string,
  files: readonly Shared[],
): { readonly line: string; readonly attached: AttachedRef | undefined } {
  const file = files.find(({ name }) => /docker|container/iu.test(name ?? '')) ?? files[0];
  if (file) return { line, attached: { kind: 'file', id: file.id, name: file.name ?? 'Dockerfile' } };
  const open = line.indexOf('```');
  const close = line.lastIndexOf('```');
  if (open < 1 || close <= open || line.slice(close + 3).trim() !== '') return { line, attached: undefined };
  const text = line.slice(open + 3, close).replace(/^\n/u, '');
  return { line: line.slice(0, open).trim(), attached: { kind: 'text', text } };
}
