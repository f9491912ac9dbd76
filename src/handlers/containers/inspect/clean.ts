import { withoutBuildValues } from '../../../image/build-values.ts';
import { createPace, type Pace } from '../../../paced/pace.ts';
import { createRedactor, type Redact, secretValues } from '../../../policy/redact.ts';
import { cutHidden } from '../../../text/cut.ts';
import { MASKED, MOST_WORDS, maskedWords } from './masked-words.ts';

/** Plain JSON in which no secret is. */
export type Clean = null | boolean | number | string | readonly Clean[] | { readonly [key: string]: Clean };

export interface Cleaned {
  readonly value: { readonly [key: string]: Clean };
  /** Parts that were beyond the bounds and are left out. */
  readonly left: number;
  /** Masks the same secrets in another text about it. */
  hide(text: string): string;
}

/** Values of an inspection; a real one has a few hundred. */
const MOST_VALUES = 20_000;
/** UTF-16 units of one text, and of all. */
const MOST_TEXT = 8000;
const MOST_TEXTS = 1_000_000;
/** The name of an environment variable, at the beginning of an entry. */
const VARIABLE = /^[A-Za-z_][\w.-]{0,200}(?==)/u;

/**
 * Copies an engine's inspection without its secrets: of environments only the names are kept; of labels, options, command
 * lines, health checks and everything else, what is a secret by its name, by its looks, or by being in the environment is
 * masked. Bounded, and with pauses for the event loop.
 */
export async function cleanInspection(raw: Readonly<Record<string, unknown>>, redact: Redact): Promise<Cleaned> {
  const own = createRedactor(knownSecrets(raw, redact));
  // By rules first: a known word that is masked could be what tells that the next one is a secret.
  const both: Redact = (text) => own(redact(text));
  const cleaner = new Cleaner(both);
  const value = (await cleaner.map(raw, '')) as Cleaned['value'];
  return { value, left: cleaner.left, hide: (text) => cutHidden(text, MOST_TEXT, both) };
}

/** Values that are secret wherever else they stand: those of environments, and words of command lines. */
function knownSecrets(raw: Readonly<Record<string, unknown>>, redact: Redact): string[] {
  const configs = [raw['Config'], raw['ContainerConfig']].filter(isMap);
  const lines = [
    ...configs.map((config) => [...wordsOf(config['Entrypoint']), ...wordsOf(config['Cmd'])]),
    [...wordsOf([raw['Path']]), ...wordsOf(raw['Args'])],
  ];
  const inLines = lines.flatMap((words) => {
    const hidden = maskedWords(words, redact);
    return words.filter((_, index) => hidden[index] === MASKED && !words[index]?.startsWith('-'));
  });
  return [...secretValues(configs.flatMap((config) => textsOf(config['Env']))), ...inLines];
}

function textsOf(values: unknown): string[] {
  return Array.isArray(values) ? values.filter((one) => typeof one === 'string') : [];
}

const wordsOf = (values: unknown) => textsOf(values).slice(0, MOST_WORDS);

class Cleaner {
  left = 0;
  #values = 0;
  #texts = 0;
  readonly #redact: Redact;
  readonly #pace: Pace = createPace();

  constructor(redact: Redact) {
    this.#redact = redact;
  }

  async map(raw: Readonly<Record<string, unknown>>, within: string): Promise<Clean> {
    const entries: [string, Clean][] = [];
    for (const [key, value] of Object.entries(raw)) {
      if (!this.#takes(key.length)) continue;
      entries.push([this.#hidden(key), await this.#any(value, key === '' ? within : key)]);
      await this.#pace();
    }
    return Object.fromEntries(entries);
  }

  /** Any value; `name` is the field it is in, which may say that it is a secret. */
  async #any(value: unknown, name: string): Promise<Clean> {
    if (typeof value === 'string') return this.#takes(value.length) ? this.#text(value, name) : '…';
    if (Array.isArray(value)) return this.#list(value, name);
    if (isMap(value)) return this.map(value, name);
    return typeof value === 'number' || typeof value === 'boolean' ? value : null;
  }

  async #list(values: readonly unknown[], name: string): Promise<Clean> {
    if (/^env(?:ironment)?$/iu.test(name)) return this.#variables(values);
    const words = values.filter((value) => typeof value === 'string');
    if (words.length === values.length) return this.#words(words, name);
    const items: Clean[] = [];
    for (const value of values) {
      if (this.#takes(1)) items.push(await this.#any(value, name));
      await this.#pace();
    }
    return items;
  }

  async #variables(pairs: readonly unknown[]): Promise<Clean> {
    const named: string[] = [];
    for (const pair of pairs) {
      named.push(...this.#variable(pair));
      await this.#pace();
    }
    return named;
  }

  /** `NAME=value` with its name alone. */
  #variable(pair: unknown): string[] {
    if (typeof pair !== 'string' || !this.#takes(pair.length)) return [];
    // What is no name may be part of a value.
    const name = VARIABLE.exec(pair)?.[0];
    return [name === undefined ? MASKED : `${this.#hidden(name)}=${MASKED}`];
  }

  /** A command line: a secret may be said by the word before it, so words are masked together too. */
  #words(words: readonly string[], name: string): Clean {
    const taken = words.filter((word) => this.#takes(word.length));
    const hidden = maskedWords(taken, this.#redact);
    return taken.map((word, index) => (hidden[index] === word ? this.#text(word, name) : (hidden[index] ?? MASKED)));
  }

  #text(value: string, name: string): string {
    const alone = this.#hidden(value);
    if (alone !== value) return alone;
    // What its name says of a value: `password`, `token`. A name of a field that is not one of text says nothing.
    const pair = cutHidden(`${name}=${value}`, MOST_TEXT, this.#redact);
    return pair === `${name}=${value}` ? alone : afterName(pair, name);
  }

  #hidden(text: string): string {
    return cutHidden(withoutBuildValues(text), MOST_TEXT, this.#redact);
  }

  #takes(length: number): boolean {
    this.#values += 1;
    this.#texts += Math.min(length, MOST_TEXT);
    const fits = this.#values <= MOST_VALUES && this.#texts <= MOST_TEXTS;
    if (!fits) this.left += 1;
    return fits;
  }
}

/** The value of a masked pair; the mask where the name itself was masked. */
function afterName(pair: string, name: string): string {
  return pair.startsWith(`${name}=`) ? pair.slice(name.length + 1) : MASKED;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
