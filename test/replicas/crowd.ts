import { randomBytes } from 'node:crypto';
import type { Fleet } from './fleet.ts';

const MARK = /m[0-9a-f]{12}/gu;
/** A command that somebody gave. `mark` is in its line, and nowhere else. */
export interface Given {
  readonly mark: string;
  readonly isChange: boolean;
  readonly person: string;
  /** Slack got 200 within its three seconds; else the person reads that the command failed. */
  readonly isAcknowledged: boolean;
  /** Milliseconds until it was acknowledged, or failed. */
  readonly ackMs: number;
}

export interface Crowd {
  readonly given: readonly Given[];
  /** Milliseconds that all of it took. */
  readonly tookMs: number;
  /** Marks of commands that were acknowledged, and of which their person read no end: "Working on it" is none. */
  unheard(): readonly string[];
  /** How many people still read "Working on it". */
  stillWorking(): number;
}

interface Kind {
  readonly line: (mark: string) => string;
  readonly by: 'slash' | 'mention' | 'click';
  readonly isChange?: boolean;
}

/** What is given, in equal shares: a read that needs no host, reads of an engine, and changes, in each way there is. */
const KINDS: readonly Kind[] = [
  { by: 'slash', line: (mark) => `/dock can ps @${mark}` },
  { by: 'slash', line: (mark) => `/ps -f name=${mark}` },
  { by: 'mention', line: (mark) => `pull fairlead/shop:${mark}`, isChange: true },
  { by: 'slash', line: (mark) => `/pull fairlead/shop:${mark}`, isChange: true },
  { by: 'click', line: (mark) => `/images ${mark}` },
  { by: 'slash', line: (mark) => `/images ${mark}` },
  { by: 'mention', line: (mark) => `ps -f name=${mark}` },
  { by: 'click', line: (mark) => `/pull fairlead/shop:${mark}`, isChange: true },
];

interface CrowdOptions {
  readonly commands: number;
  readonly atOnce: number;
  /** How many commands have been given so far. */
  readonly progress: { given: number };
  /** Resolves when the command of that number, from 0 on, may be given. */
  mayGive?(index: number): Promise<void>;
}

/** Everybody gives as many commands, the next one when the last was acknowledged or failed; `atOnce` people at a time. */
export async function crowd(fleet: Fleet, { commands, atOnce, progress, mayGive }: CrowdOptions): Promise<Crowd> {
  const { slack, people, channel } = fleet;
  const given: Given[] = [];
  const heard = new Set<string>();
  /** Of each person, how many answers came that name no command: refusals, as while the database is away. */
  const plain = new Map<string, number>();
  /** Who reads "Working on it", by message, until it is replaced, or a note comes beside it that the answer may be missing. */
  const working = new Map<string, string>();
  slack.on('change', ({ kind, message }) => {
    if (message?.author !== 'U0FAIRLEAD') return;
    const { ts, text, blocks, onlyFor } = message;
    const marks = `${text}${JSON.stringify(blocks)}`.match(MARK) ?? [];
    for (const mark of marks) heard.add(mark);
    const isReplaced = kind !== 'posted' && working.delete(ts);
    if (onlyFor === undefined || (kind !== 'posted' && !(isReplaced && kind === 'edited'))) return;
    // Of a read whose process ended while it answered nobody knows whether the answer is in its place.
    if (text.includes('may be missing')) working.delete([...working].find(([, who]) => who === onlyFor)?.[0] ?? '');
    if (text.startsWith('Working on it')) working.set(ts, onlyFor);
    else if (marks.length === 0) plain.set(onlyFor, (plain.get(onlyFor) ?? 0) + 1);
  });
  const give = {
    slash: (person: string, text: string) => slack.type({ person, channel, text }),
    mention: (person: string, line: string) => slack.type({ person, channel, text: `@fairlead ${line}` }),
    click: (person: string, line: string) => fleet.click(person, line),
  };
  const began = performance.now();
  const type = async (index: number): Promise<void> => {
    const mark = `m${randomBytes(6).toString('hex')}`;
    const kind = KINDS[index % KINDS.length] as (typeof KINDS)[number];
    const { by, line, isChange = false } = kind;
    const person = people[index % people.length] ?? '';
    const { ok, ackMs } = await give[by](person, line(mark));
    given.push({ mark, person, isChange, isAcknowledged: ok, ackMs });
    progress.given += 1;
  };
  let next = 0;
  const hand = async () => {
    while (next < commands) {
      const index = next;
      next += 1;
      await mayGive?.(index);
      await type(index);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, hand));
  const unheard = () => {
    const silent = given.filter(({ mark, isAcknowledged }) => isAcknowledged && !heard.has(mark));
    return [...Map.groupBy(silent, ({ person }) => person)].flatMap(([person, ones]) =>
      ones.slice(plain.get(person) ?? 0).map(({ mark }) => mark),
    );
  };
  return { given, unheard, stillWorking: () => working.size, tookMs: performance.now() - began };
}
