import { z } from 'zod';
import { DurationText } from '../../domain/duration.ts';
import { UMBRELLA } from '../../domain/phrase.ts';
import type { ImageReference } from '../../domain/reference.ts';
import { SizeText } from '../../domain/size.ts';
import type { Habits } from './habit.ts';

/** How one option or positional argument is spelt. Lives in the field's zod `.meta()`, so that a schema says it all. */
export interface FieldMeta {
  /** What it does, for help. */
  readonly description: string;
  /** The one-letter spelling, without the dash: docker's own where docker has the option. */
  readonly short?: string;
  /** What its value is called in usage; read off the type when left out. */
  readonly value?: string;
  /** Its value is shown nowhere: not in the audit log, not on a card. Of `NAME=value`, the name is. */
  readonly secret?: boolean;
  /** Its words are another command line, whose own secret values are shown nowhere either. */
  readonly isLine?: boolean;
  /** Its value is words for people or a pattern: several words that are not in quotes are a mistake. */
  readonly isText?: boolean;
  /** Known from docker and seldom wanted here: `--help` has it, the one-line usage does not. */
  readonly isRare?: boolean;
  /** The command that lists its values, for a line without one. */
  readonly listedBy?: string;
  /** Positional arguments are counted from 1; everything else is an option. */
  readonly position?: number;
}

/** Gives a field its spelling. A boolean field is a switch, an array may be repeated, anything else takes a value. */
export function field<T extends z.ZodType>(schema: T, meta: FieldMeta): T {
  return schema.meta({ ...meta });
}

export interface CommandSpec<Args = unknown, Name extends string = string> {
  readonly name: Name;
  /** One line for help and for Slack's command list. */
  readonly summary: string;
  /** Whether it has a slash command of its own beside `/dock <name>`. */
  readonly slash: boolean;
  /** `open` commands show only what concerns the person, so anyone in the team may say them; others need a grant. */
  readonly access: 'granted' | 'open';
  /** Reads are answered privately; changes are answered in the channel. */
  readonly effect: 'read' | 'change';
  /** Whether `--on` belongs to it. */
  readonly onHosts: boolean;
  /** Without `--on`, its handler finds the host that has what it names, and asks when several have it. */
  readonly findsHost?: boolean;
  /**
   * Behind so many positional arguments every word is another program's, options too, as docker reads what stands behind a
   * container or an image. Only `@host` directly behind them is ours.
   */
  readonly verbatimAfter?: number;
  readonly args: z.ZodType<Args>;
  /** Which service it is about, of a command that is about one: grants and approvals may differ between services. */
  serviceOf?(args: Args): string | undefined;
  /**
   * The image it names. Of a command about services, a grant for some of them gives only their images. An image that the config
   * allows nowhere is refused before a host is asked for. Throws a `UserError` for what is no image.
   */
  imageOf?(args: Args): ImageReference | undefined;
  /** Of several hosts it refuses to choose. */
  readonly onOneHost?: true;
  /** Whether the holder of a lock says it of their own lock, in their direct messages as well. */
  readonly ofLock?: boolean;
  /** Whether a file shared with it, a text in a code block or in its form belongs to it. */
  readonly takesText?: true;
  readonly examples: readonly string[];
  /** Options of docker's that it does not have. */
  readonly habits?: Habits;
  /** Other spellings people bring from docker, turned into ours before anything is parsed. */
  rewrite?(words: readonly string[]): readonly string[];
}

/** Checks a spec at compile time and gives its arguments their type. */
export function defineCommand<Args, const Name extends string>(spec: CommandSpec<Args, Name>): CommandSpec<Args, Name> {
  return spec;
}

export type FieldKind = 'switch' | 'value' | 'list';

export interface Field extends FieldMeta {
  readonly key: string;
  /** `older-than` for the key `olderThan`. */
  readonly option: string;
  readonly kind: FieldKind;
  readonly required: boolean;
  readonly choices: readonly string[] | undefined;
  /** Its value is a duration or a moment, so `5 minutes` is taken for `5m`. */
  readonly isDuration?: true;
  /** Its value is a size, so `1 GiB` is taken for `1GiB`. */
  readonly isSize?: true;
}

const cache = new WeakMap<CommandSpec, readonly Field[]>();

/** The fields of a command, in the order of its schema, which is an object of fields. */
export function fieldsOf(spec: CommandSpec): readonly Field[] {
  const known = cache.get(spec);
  if (known) return known;
  const { schema } = unwrapped(spec.args);
  if (!(schema instanceof z.ZodObject)) throw new Error(`The arguments of ${spec.name} are no object of fields.`);
  const fields = Object.entries<z.ZodType>(schema.shape).map(([key, declared]) => fieldOf(key, declared));
  cache.set(spec, fields);
  return fields;
}

function fieldOf(key: string, declared: z.ZodType): Field {
  const {
    description = '',
    short,
    value,
    position,
    secret,
    isLine,
    isText,
    isRare,
    listedBy,
  } = (declared.meta() ?? {}) as Partial<FieldMeta>;
  const { schema, required } = unwrapped(declared);
  return {
    key,
    option: key.replace(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`),
    kind: schema instanceof z.ZodBoolean ? 'switch' : schema instanceof z.ZodArray ? 'list' : 'value',
    required,
    choices: schema instanceof z.ZodEnum ? schema.options.map(String) : undefined,
    description,
    ...(short === undefined ? {} : { short }),
    ...(value === undefined ? {} : { value }),
    ...(position === undefined ? {} : { position }),
    ...(secret ? { secret } : {}),
    ...(isLine ? { isLine } : {}),
    ...(isText ? { isText } : {}),
    ...(schema === DurationText ? { isDuration: true } : {}),
    ...(schema === SizeText ? { isSize: true } : {}),
    ...(isRare ? { isRare } : {}),
    ...(listedBy === undefined ? {} : { listedBy }),
  };
}

/**
 * The schema of what a person types, without what fills it in or transforms it, and whether it has to be typed. Its JSON
 * Schema says the same and takes several times as long, which the first command of a function waits for.
 */
function unwrapped(declared: z.ZodType): { readonly schema: z.core.$ZodType; readonly required: boolean } {
  let schema: z.core.$ZodType = declared;
  let required = true;
  for (;;) {
    if (schema instanceof z.ZodLazy) schema = schema.unwrap();
    else if (schema instanceof z.ZodPipe) schema = schema.in;
    else if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
      required = false;
      schema = schema.unwrap();
    } else return { schema, required };
  }
}

/** Positional fields, in order. */
export function positionalsOf(spec: CommandSpec): Field[] {
  return fieldsOf(spec)
    .filter((item) => item.position !== undefined)
    .sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
}

/** Options every command has, or every command on hosts, or every read. Spelt here once; `parse` understands them. */
export function commonOptions(spec: CommandSpec): Field[] {
  const make = (option: string, kind: FieldKind, description: string, value?: string): Field => ({
    key: option,
    option,
    kind,
    required: false,
    choices: undefined,
    description,
    ...(value === undefined ? {} : { value }),
  });
  return [
    ...(spec.onHosts ? [make('on', 'value', 'Hosts: a name, label=value or all; @name for short', 'hosts')] : []),
    ...(spec.effect === 'read' ? [make('share', 'switch', 'Answer in the channel, for everyone')] : []),
    { ...make('help', 'switch', 'Show this help'), short: 'h' },
  ];
}

export function optionsOf(spec: CommandSpec): Field[] {
  return [...fieldsOf(spec).filter((item) => item.position === undefined), ...commonOptions(spec)];
}

/** `/images`, or `/dock hosts` for what has no slash command of its own; with a prefix `/d-images` and `/d-dock hosts`. */
export function typed(spec: CommandSpec, prefix: string): string {
  return `/${prefix}${spec.slash ? '' : `${UMBRELLA} `}${spec.name}`;
}

/** `<container> [-n <lines>] [-t] [--on <hosts>]`: Slack's usage hint and the second line of every mistake. */
export function usageHint(spec: CommandSpec): string {
  const positional = positionalsOf(spec).map((item) => {
    const name = item.choices ? item.choices.join('|') : (item.value ?? item.key);
    const text = item.required ? (item.choices ? name : `<${name}>`) : `[${name}]`;
    return item.kind === 'list' ? `${text}…` : text;
  });
  const options = optionsOf(spec)
    .filter((item) => item.key !== 'help' && item.key !== 'share' && !item.isRare)
    .map((item) => `[${spelling(item)}]${item.kind === 'list' ? '…' : ''}`);
  return [...positional, ...options].join(' ');
}

/** `-n <lines>`, `--digests`, `--sort <size|created|name>`. */
export function spelling(item: Field): string {
  const name = item.short === undefined ? `--${item.option}` : `-${item.short}`;
  if (item.kind === 'switch') return name;
  return `${name} <${item.choices ? item.choices.join('|') : (item.value ?? item.key)}>`;
}
