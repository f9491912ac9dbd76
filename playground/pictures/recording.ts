import { decode } from 'fast-png';
import { encode } from 'modern-gif';
import type { Page } from 'playwright-core';

interface Frame {
  readonly pixels: Uint8ClampedArray;
  /** Milliseconds for which it is shown. */
  delay: number;
}

/** How often the page is looked at while it changes by itself. */
const LOOK_EVERY_MS = 200;

/** A GIF of a page, frame by frame. Waiting is shortened: a picture is for watching, not for waiting. */
export interface Recording {
  /** Shows the page as it is for so long. */
  hold(ms: number): Promise<void>;
  /** Records changes until `until` settles; a page that does not change is shown for at most `longestMs`. */
  follow(until: Promise<unknown>, longestMs: number): Promise<void>;
  /** The file, and its length in milliseconds. */
  finish(): Promise<{ readonly file: Uint8Array; readonly lengthMs: number }>;
}

export function createRecording(page: Page): Recording {
  const frames: Frame[] = [];
  let size = { width: 0, height: 0 };
  const look = async (): Promise<Uint8ClampedArray> => {
    // Without the caret, which blinks.
    const { width, height, channels, data } = decode(await page.screenshot({ animations: 'disabled', caret: 'hide' }));
    size = { width, height };
    return opaque(data, channels);
  };
  /** Adds the page as it is now; to the last frame when nothing has changed. */
  const add = async (delay: number, longest = Number.POSITIVE_INFINITY) => {
    const pixels = await look();
    const last = frames.at(-1);
    if (last && Buffer.from(last.pixels.buffer).equals(Buffer.from(pixels.buffer)))
      last.delay = Math.min(last.delay + delay, Math.max(last.delay, longest));
    else frames.push({ pixels, delay });
  };
  return {
    hold: (ms) => add(ms),
    async follow(until, longest) {
      let isOver = false;
      const over = until.finally(() => {
        isOver = true;
      });
      while (!isOver) {
        const began = performance.now();
        await add(LOOK_EVERY_MS, longest);
        await Promise.race([over, page.waitForTimeout(Math.max(0, LOOK_EVERY_MS - (performance.now() - began)))]);
      }
      await over;
    },
    async finish() {
      const images = frames.map(({ pixels, delay }) => ({ data: pixels, delay }));
      const file = await encode({ ...size, frames: images, maxColors: 255, looped: true, loopCount: 0 });
      return { file: new Uint8Array(file), lengthMs: frames.reduce((sum, { delay }) => sum + delay, 0) };
    },
  };
}

/** Pixels of three or four bytes as RGBA without transparency. */
function opaque(data: ArrayLike<number>, channels: number): Uint8ClampedArray {
  const pixels = new Uint8ClampedArray((data.length / channels) * 4).fill(255);
  for (let from = 0, to = 0; from < data.length; from += channels, to += 4)
    for (let part = 0; part < 3; part += 1) pixels[to + part] = data[from + part] ?? 0;
  return pixels;
}
