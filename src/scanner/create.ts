import type { Scanner } from './report.ts';
import type { ScannerContext } from './run-scanner.ts';
import { createTrivy } from './trivy/trivy.ts';

/** The scanner of the config. */
export function createScanner(context: ScannerContext): Scanner {
  return createTrivy(context);
}
