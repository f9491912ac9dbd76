/** Milliseconds that this thread has had of a processor: what other processes take of a busy machine is not of its work. */
export function processorTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
