import type { z } from 'zod';
import { createPace } from '../../paced/pace.ts';
import { cut } from '../../text/cut.ts';
import { EngineError } from '../client/engine-error.ts';

/**
 * Maximum elements of a list. A host has a thousand containers at most; images, volumes and build cache may have more.
 */
const MAX_ELEMENTS = 20_000;

/** Shape of an answer that is a list, by the shape of its elements. */
export class ListShape<T extends z.ZodType> {
  readonly item: T;

  constructor(item: T) {
    this.item = item;
  }
}

export type Shape = z.ZodType | ListShape<z.ZodType>;
export type Shaped<S extends Shape> =
  S extends ListShape<infer T> ? z.infer<T>[] : S extends z.ZodType ? z.infer<S> : never;

/** Checks an answer against its shape; throws an `EngineError`: `protocol`, or `too_large` for a list over the cap. */
export function readShape<S extends Shape>(shape: S, answer: unknown): Promise<Shaped<S>>;
export async function readShape(shape: Shape, answer: unknown): Promise<unknown> {
  return shape instanceof ListShape ? readEach(shape.item, answer) : readOne(shape, answer, '');
}

/** Checks a list one element at a time, with pauses for the event loop; null is an empty list. */
export async function readEach<T extends z.ZodType>(item: T, answer: unknown): Promise<z.infer<T>[]> {
  if (answer === null || answer === undefined) return [];
  if (!Array.isArray(answer)) throw new EngineError('protocol', "Not an engine's answer: not a list");
  if (answer.length > MAX_ELEMENTS) throw new EngineError('too_large', `a list of more than ${MAX_ELEMENTS} entries`);
  const pace = createPace();
  const out: z.infer<T>[] = [];
  for (const [index, element] of answer.entries()) {
    out.push(readOne(item, element, `${index}.`));
    await pace();
  }
  return out;
}

function readOne<S extends z.ZodType>(schema: S, answer: unknown, at: string): z.infer<S> {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new EngineError(
    'protocol',
    `Not an engine's answer: ${at}${cut(issue?.path.join('.') ?? '', 200)} ${issue?.message}`,
  );
}
