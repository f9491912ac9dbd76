/** A path and what it weighs. */
export interface Weight {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
}

/** Something that makes an image larger or less safe than it needs to be, and the change that helps. */
export interface Finding {
  /** Stable: `apt-lists`, `deleted-later`, `no-user`. */
  readonly id: string;
  readonly title: string;
  /** Bytes that the change saves, counted in no other finding; 0 for what is no matter of size. */
  readonly bytes: number;
  /** Numbers of the layers that it is in, from 1. */
  readonly layers: readonly number[];
  /** The heaviest of it; names where it is about no paths. */
  readonly paths: readonly Weight[];
  /** Further paths. */
  readonly more: number;
  /** What to change, with code in backticks. */
  readonly change: string;
}

/** Paths that are shown of one finding. */
const MOST_PATHS = 5;

/** Collects what belongs to one finding, in bounded memory. */
export class Heap {
  bytes = 0;
  #count = 0;
  #top: Weight[] = [];
  readonly #layers = new Set<number>();

  add(weight: Weight, layers: Iterable<number>): void {
    this.bytes += weight.bytes;
    this.#count += 1;
    for (const layer of layers) this.#layers.add(layer);
    this.#top.push(weight);
    if (this.#top.length > 64) this.#trim();
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  finding(about: Pick<Finding, 'id' | 'title' | 'change'>): Finding {
    this.#trim();
    const layers = [...this.#layers].toSorted((a, b) => a - b).map((index) => index + 1);
    return { ...about, bytes: this.bytes, layers, paths: this.#top, more: this.#count - this.#top.length };
  }

  #trim(): void {
    this.#top = this.#top.toSorted((a, b) => b.bytes - a.bytes).slice(0, MOST_PATHS);
  }
}
