import { userInfo } from 'node:os';

/** Who runs this process, as the operating system knows them: `alice (1000)`. Never throws. */
export function operator(): string {
  const uid = process.getuid?.();
  try {
    const { username } = userInfo();
    return uid === undefined ? username : `${username} (${uid})`;
  } catch {
    // A container may run under a number that has no name.
    return `${uid ?? 'unknown'}`;
  }
}
