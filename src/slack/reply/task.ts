import { z } from 'zod';

/** A text or a shared file that came with a line, as it is stored. */
const AttachedRef = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: z.string() }),
  z.object({ kind: z.literal('file'), id: z.string(), name: z.string() }),
]);
export type AttachedRef = z.infer<typeof AttachedRef>;

const optional = z.string().optional();

/** A command line as Slack delivered it. */
const SaidLine = z.object({
  text: z.string(),
  person: z.string(),
  channel: z.string(),
  team: z.string(),
  source: z.enum(['slash', 'click', 'mention', 'home']),
  message: optional,
  attached: AttachedRef.optional(),
});
export type SaidLine = z.infer<typeof SaidLine>;

const TaskPlace = z.object({
  person: z.string(),
  channel: z.string(),
  thread: optional,
  away: z.boolean().optional(),
  onOwn: z.boolean().optional(),
  respondTo: optional,
});

const OpenView = z.object({ id: z.string(), hash: z.string(), private_metadata: z.string() });

/** A line that was accepted by one process and is carried out by another. */
const LineTask = z.object({
  kind: z.literal('line'),
  /** The request's id: the same in the audit log. */
  request: z.string(),
  said: SaidLine,
  place: TaskPlace,
  ackCarries: z.enum(['answer', 'mistake', 'nothing']),
  /** Slack takes five answers there, within 30 minutes, without a token. */
  respondTo: optional,
  /** Whether "Working on it" is shown until the answer replaces it. */
  saidWorking: z.boolean(),
  /** A click about another channel: the home tab or the direct messages say where the answer is. */
  elsewhere: z.object({ about: z.string(), home: z.boolean() }).optional(),
});
export type LineTask = z.infer<typeof LineTask>;

/** What one process hands over to another. */
export const Task = z.discriminatedUnion('kind', [
  LineTask,
  z.object({ kind: z.literal('home'), person: z.string(), word: optional }),
  z.object({ kind: z.literal('refill'), person: z.string(), service: z.string(), view: OpenView }),
]);
export type Task = z.infer<typeof Task>;

/** Stores a task and says to another process that it is there. Rejects with a `UserError` when nothing will be done. */
export type HandOver = (task: Task) => Promise<void>;
