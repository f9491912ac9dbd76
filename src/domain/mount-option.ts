import { parseVolume } from './volumes.ts';

const KEYS: Readonly<Record<string, string>> = {
  type: 'type',
  source: 'source',
  src: 'source',
  target: 'target',
  dst: 'target',
  destination: 'target',
  readonly: 'readonly',
  ro: 'readonly',
};

/** What docker's `--mount` says, as `-v` says it: `type=bind,src=/srv/x,dst=/data,ro` is `/srv/x:/data:ro`. Undefined for what `-v` cannot say. */
export function volumeOfMount(text: string): string | undefined {
  const fields = new Map<string, string>();
  for (const part of text.split(',')) {
    const [name = '', value = 'true', ...more] = part.split('=');
    const key = Object.hasOwn(KEYS, name) ? KEYS[name] : undefined;
    if (key === undefined || more.length > 0 || fields.has(key)) return undefined;
    fields.set(key, value);
  }
  const type = fields.get('type') ?? 'volume';
  const source = fields.get('source');
  const target = fields.get('target') ?? '';
  const isReadOnly = fields.get('readonly') ?? 'false';
  if (!/^(?:true|1|false|0)$/u.test(isReadOnly) || [source, target].some((one) => one?.includes(':'))) return undefined;
  const mode = /^(?:true|1)$/u.test(isReadOnly) ? ':ro' : '';
  if (source === undefined) return type === 'volume' && mode === '' && known(target, 'anonymous') ? target : undefined;
  const volume = `${source}:${target}${mode}`;
  return known(volume, type) ? volume : undefined;
}

const known = (volume: string, kind: string) => parseVolume(volume)?.kind === kind;
