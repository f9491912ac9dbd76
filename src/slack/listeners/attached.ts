import type { WebClient } from '@slack/web-api';
import type { Attached } from '../../handlers/request.ts';
import { sharedFile } from '../client/shared-file.ts';
import { FORMS } from '../views/parts/form.ts';
import type { FormValues } from './form-line.ts';

/** A text as a file. */
const pasted = (text: string): Attached => ({ name: 'Dockerfile', read: async () => Buffer.from(text) });

/** The text of a form that takes one. */
export function attachedInForm(form: string, values: FormValues): Attached | undefined {
  return form === FORMS.lint ? pasted(values['text']?.['text']?.value ?? '') : undefined;
}

interface Shared {
  readonly id: string;
  readonly name?: string | null;
}

/** What came with a mention: a shared file, else a code block behind the command. `line` is the command without it. */
export function attachedToMention(
  line: string,
  files: readonly Shared[],
  client: WebClient,
): { readonly line: string; readonly attached: Attached | undefined } {
  const file = files.find(({ name }) => /docker|container/iu.test(name ?? '')) ?? files[0];
  if (file) return { line, attached: sharedFile(client, { id: file.id, name: file.name ?? 'Dockerfile' }) };
  const open = line.indexOf('```');
  const close = line.lastIndexOf('```');
  if (open < 1 || close <= open || line.slice(close + 3).trim() !== '') return { line, attached: undefined };
  const text = line.slice(open + 3, close).replace(/^\n/u, '');
  return { line: line.slice(0, open).trim(), attached: pasted(text) };
}
