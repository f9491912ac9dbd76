import { quoted } from '../../commands/language/words.ts';
import type { About } from '../reply/delivery.ts';
import { FORMS, type FormPlace } from '../views/parts/form.ts';

export type FormValues = Readonly<
  Record<
    string,
    Readonly<
      Record<
        string,
        {
          readonly value?: string | null;
          readonly selected_option?: { readonly value: string } | null;
          readonly selected_options?: readonly { readonly value: string }[];
        }
      >
    >
  >
>;

/** The command line a filled form means. */
function deployLine(values: FormValues): string {
  const service = pick(values, 'form-service');
  const version = pick(values, 'version');
  const hosts = chosenIn(values, 'hosts');
  const reason = pick(values, 'reason');
  return [
    'deploy',
    quoted(service),
    quoted(version),
    ...(hosts.length > 0 ? ['--on', quoted(hosts.join(','))] : []),
    ...(reason === '' ? [] : ['--reason', quoted(reason)]),
  ].join(' ');
}

/** The command line a filled form means. */
export function lineOf(form: string, values: FormValues, place: FormPlace): string {
  if (form === FORMS.code) return codeLine(values, place);
  if (form === FORMS.reason) return `${place.line ?? ''} --reason ${quoted(pick(values, 'reason'))}`;
  if (form === FORMS.containers) return [place.line ?? '', ...chosenIn(values, 'containers').map(quoted)].join(' ');
  if (form === FORMS.exec) return execLine(values, place);
  if (form === FORMS.run) return runLine(values, place);
  if (form === FORMS.lint) return place.line ?? 'dock lint';
  return form === FORMS.totp ? `dock totp ${quoted(pick(values, 'code'))}` : deployLine(values);
}

/** What was typed as the command stands as it was typed: it is read as behind a slash. */
function execLine(values: FormValues, place: FormPlace): string {
  const chosen = pick(values, 'containers');
  const at = chosen.lastIndexOf('@');
  const words = at < 0 ? [quoted(chosen)] : ['--on', quoted(chosen.slice(at + 1)), quoted(chosen.slice(0, at))];
  return [place.line ?? '', ...words, pick(values, 'command')].join(' ');
}

function runLine(values: FormValues, place: FormPlace): string {
  const option = (name: string, action: string) => {
    const value = pick(values, action);
    return value === '' ? [] : [name, quoted(value)];
  };
  const how = pick(values, 'how');
  return [
    place.line ?? '',
    ...(how === 'once' ? ['--rm'] : ['-d']),
    ...option('--name', 'name'),
    ...option('-m', 'memory'),
    ...option('-p', 'publish'),
    quoted(pick(values, 'image')),
    pick(values, 'command'),
  ].join(' ');
}

function codeLine(values: FormValues, place: FormPlace): string {
  return ['dock', 'approve', place.card ?? '', '--code', quoted(pick(values, 'code'))].join(' ');
}

/** The block of a field, by the key of the argument it gives. */
const BLOCKS: Readonly<Record<string, string>> = {
  service: 'service',
  image: 'version-',
  on: 'hosts-',
  reason: 'reason',
  code: 'code',
  container: 'containers',
};

/** What is refused for other reasons is mostly the version's fault. */
const FIELD_OF: Partial<Record<About['reason'], keyof typeof BLOCKS>> = {
  not_permitted: 'service',
  frozen: 'service',
  locked: 'service',
  cannot_adopt: 'service',
  host_needed: 'on',
  host_unknown: 'on',
  unreachable: 'on',
  bad_code: 'code',
};

/** Which block an error is shown under: that of the field it is about, else the one that is mostly wrong. */
export function errorBlock(values: FormValues, about: About | undefined): string {
  const ids = Object.keys(values);
  const field = about?.field ?? FIELD_OF[about?.reason ?? 'bad_input'] ?? 'image';
  const block = (key: string) => ids.find((id) => id.startsWith(BLOCKS[key] ?? key));
  return block(field) ?? block('image') ?? block('code') ?? ids[0] ?? 'service';
}

function pick(values: FormValues, action: string): string {
  const entry = Object.values(values).find((block) => Object.hasOwn(block, action))?.[action];
  // What was pasted may have line breaks in it.
  return (entry?.selected_option?.value ?? entry?.value ?? '').replace(/\p{Cc}+/gu, ' ').trim();
}

function chosenIn(values: FormValues, action: string): string[] {
  const entry = Object.values(values).find((block) => Object.hasOwn(block, action))?.[action];
  return (entry?.selected_options ?? []).map(({ value }) => value);
}
