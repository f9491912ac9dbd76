import type { Press, Suggested, Surface } from './blocks/surface.ts';
import { act } from './live.ts';
import { you } from './names.ts';

/**
 * A message's blocks, or a view's: presses go to the app through the local Slack, and what fails is said in `problem`.
 */
export function createSurface(
  where: { readonly channel: string; readonly messageTs: string } | { readonly viewId: string },
  problem: HTMLElement,
): Surface {
  return {
    async press(press: Press) {
      problem.textContent = '';
      const sent = await act('click', { person: you(), ...where, ...press }).catch((error: Error) => ({
        ok: false,
        error: error.message,
      }));
      if (!sent.ok) problem.textContent = `The app was not reached: ${sent.error ?? 'unknown error'}`;
    },
    async suggest(element, query) {
      try {
        problem.textContent = '';
        return await act<Suggested[]>('suggest', { person: you(), ...where, ...element, query });
      } catch (error) {
        problem.textContent = error instanceof Error ? error.message : String(error);
        return [];
      }
    },
  };
}
