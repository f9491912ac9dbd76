/** Loaded into the bot's process before the bot: says each time one turn of its event loop took long, on standard error. */
const SAID_MS = 40;

// Time of the loop's thread on the processor: what other processes take of a busy machine is no block of this loop.
let before = process.threadCpuUsage();
setInterval(() => {
  const { user, system } = process.threadCpuUsage(before);
  before = process.threadCpuUsage();
  const ms = (user + system) / 1000;
  if (ms > SAID_MS) process.stderr.write(`loop-block ${ms.toFixed(0)}\n`);
}, 5).unref();
