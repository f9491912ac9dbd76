import type { EngineState } from './engine-state.ts';

/** A request that a route has recognized. */
export interface Asked {
  readonly state: EngineState;
  readonly query: URLSearchParams;
  /** The parts of the path that a route names. */
  readonly part: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Answered {
  readonly status: number;
  readonly body?: unknown;
}
