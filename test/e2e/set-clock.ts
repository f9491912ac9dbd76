import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Loaded into a bot's process before the bot: its wall clock is off by what the file `clock` beside its config says, in
 * milliseconds, by process id or `*` for all. Timers and `performance.now` go on, as they do when a machine's clock is set.
 */
const file = join(dirname(process.env['FAIRLEAD_CONFIG'] ?? '.'), 'clock');
const RealDate = Date;
let offset = 0;

setInterval(() => {
  try {
    const offsets = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>;
    offset = offsets[process.pid] ?? offsets['*'] ?? 0;
  } catch {
    // It is not there yet, or is just being written.
  }
}, 10).unref();

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given, newTarget) =>
    Reflect.construct(target, given.length === 0 ? [RealDate.now() + offset] : given, newTarget) as object,
  apply: () => new RealDate(RealDate.now() + offset).toString(),
  get: (target, key) => (key === 'now' ? () => RealDate.now() + offset : Reflect.get(target, key)),
});
