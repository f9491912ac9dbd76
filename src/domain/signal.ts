const NAMES =
  `HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU
 XFSZ VTALRM PROF WINCH IO PWR SYS`.split(/\s+/u);

/** Other names of the same signals. */
const ALSO: Readonly<Record<string, string>> = { IOT: 'ABRT', CLD: 'CHLD', POLL: 'IO' };

const MOST = 64;

/** What a signal is called by an engine, for a name with or without `SIG` or a Linux number: `SIGKILL`, `34`; undefined for none. */
export function parseSignal(text: string): string | undefined {
  if (/^[1-9]\d?$/u.test(text)) {
    const number = Number(text);
    return NAMES[number - 1] === undefined ? (number <= MOST ? text : undefined) : `SIG${NAMES[number - 1]}`;
  }
  const name = text.toUpperCase().replace(/^SIG/u, '');
  const known = Object.hasOwn(ALSO, name) ? ALSO[name] : name;
  if (known !== undefined && NAMES.includes(known)) return `SIG${known}`;
  return /^RT(?:MIN(?:\+(?:[1-9]|1[0-5]))?|MAX(?:-(?:[1-9]|1[0-4]))?)$/u.test(name) ? `SIG${name}` : undefined;
}

/** Signals that programs are asked something with; others are sent to end them. */
const HARMLESS = new Set(['SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH', 'SIGCONT', 'SIGCHLD', 'SIGURG', 'SIGIO']);

export const isMeantToEnd = (signal: string): boolean =>
  /^SIG[A-Z]/u.test(signal) && !HARMLESS.has(signal) && !signal.startsWith('SIGRT');
