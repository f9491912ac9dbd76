import type { Registries } from '../registry/calls.ts';
import { createGrype } from './grype/grype.ts';
import { createHarbor } from './harbor/harbor.ts';
import type { Scanner } from './report.ts';
import type { ScannerContext } from './run-scanner.ts';
import { createTrivy } from './trivy/trivy.ts';

/** The scanner of the config. */
export function createScanner(context: ScannerContext, registries: Pick<Registries, 'host'>): Scanner {
  const { config } = context;
  if (config.kind === 'harbor') return createHarbor(config, registries);
  return config.kind === 'grype' ? createGrype(context) : createTrivy(context);
}
