import { CutOff } from './tar/damaged.ts';

/** What reading one image may take. */
export interface Limits {
  /** Bytes of all layers, unpacked. */
  readonly bytes: number;
  /** Files, folders and links of all layers that are kept in memory. */
  readonly nodes: number;
  /** Unpacked bytes of a layer for each byte of it, once it is larger than `ratioFrom`. */
  readonly ratio: number;
  readonly ratioFrom: number;
}

export const LIMITS: Limits = { bytes: 20e9, nodes: 300_000, ratio: 200, ratioFrom: 256e6 };

/** What is left of the limits while an image is read. */
export class Budget {
  readonly limits: Limits;
  /** Unpacked bytes read so far. */
  bytes = 0;
  #nodes = 0;

  constructor(limits: Limits = LIMITS) {
    this.limits = limits;
  }

  /** Throws a `CutOff` once more than the limit was read. */
  read(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > this.limits.bytes)
      throw new CutOff('bytes', `the image unpacks to more than ${this.limits.bytes / 1e9} GB`);
  }

  /** Counts one file or folder that is kept. Throws a `CutOff` once there are too many. */
  keep(): void {
    if (this.#nodes >= this.limits.nodes)
      throw new CutOff(
        'entries',
        `the image has more than ${this.limits.nodes.toLocaleString('en')} files and folders`,
      );
    this.#nodes += 1;
  }
}
