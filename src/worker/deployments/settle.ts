import { redactPhrase } from '../../domain/phrase.ts';
import { newNote } from '../../handlers/deploy/card/new-note.ts';
import type { CardVerdict } from '../../handlers/deploy/planning/types.ts';
import { momentIn } from '../../machine.ts';
import type { DeploymentRun } from './deployment-run.ts';

/** Records how the deployment ended on a host, and posts the evidence where there is any. */
export async function settle(run: DeploymentRun, host: string, found: CardVerdict): Promise<void> {
  // An engine's message may repeat secrets of the command line.
  const { redact } = run;
  const verdict = { ...found, why: redactPhrase(found.why, redact), tryThis: redactPhrase(found.tryThis, redact) };
  const { lease, approval, deps, verdicts, progress } = run;
  const outcome = { host, verdict: verdict.verdict, detail: { ...verdict, ended: momentIn(0) }, at: deps.now() };
  run.endPhase.get(host)?.();
  const evidence = { kind: 'evidence', host, verdict } as const;
  const note = verdict.evidence ? newNote({ card: approval.id }, evidence, outcome.at) : undefined;
  await deps.store.deployments.hostVerdict(lease, outcome, note);
  verdicts.set(host, verdict);
  progress.delete(host);
  deps.board.changed(approval.id);
}
