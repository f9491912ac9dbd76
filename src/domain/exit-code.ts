const SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  15: 'SIGTERM',
};

/** An exit code in words, as an engine and a shell give it: "succeeded", "exit code 137 (killed: SIGKILL)". */
export function sayExitCode(code: number): string {
  if (code === 0) return 'succeeded';
  const signal = SIGNALS[code - 128];
  const meaning =
    code === 126
      ? 'cannot be executed'
      : code === 127
        ? 'not found'
        : code === 137
          ? 'killed: SIGKILL, as when memory runs out or the container stops'
          : signal && `ended by ${signal}`;
  return `exit code ${code}${meaning === undefined ? '' : ` (${meaning})`}`;
}
