/** How long one process may keep a deployment: a server without end, a function for one wave. */
export interface Turn {
  /** Whether a wave may be started now. Where not, the deployment is handed on before it. */
  mayStartWave(): boolean;
  /** Whether this process waits for the approval of a wave. Where not, the deployment is handed on until it is there. */
  readonly waits: boolean;
}

export const ENDLESS: Turn = { mayStartWave: () => true, waits: true };

/** Between two waves a process lets go of a deployment, for another to go on with: nothing is half done. */
export class HandedOn extends Error {
  override readonly name = 'HandedOn';
}
