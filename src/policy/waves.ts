import type { Wave } from '../config.ts';

/** Splits hosts into waves, in their order. A wave that adds no host is left out. */
export function inWaves<Host>(hosts: readonly Host[], waves: readonly Wave[]): readonly (readonly Host[])[] {
  let reached = 0;
  const dealt: Host[][] = [];
  for (const wave of waves) {
    // Rounded up: a percentage of few hosts is at least one.
    const until = 'hosts' in wave ? wave.hosts : Math.ceil((hosts.length * wave.percent) / 100);
    if (until <= reached) continue;
    const part = hosts.slice(reached, until);
    if (part.length > 0) dealt.push(part);
    reached = until;
  }
  return dealt;
}
