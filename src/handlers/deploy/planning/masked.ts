import type { HostPlan } from '../../../docker/rollout/types.ts';
import { redactPhrase } from '../../../domain/phrase.ts';
import { createPace } from '../../../paced/pace.ts';
import type { Redact } from '../../../policy/redact.ts';
import { cutHidden } from '../../../text/cut.ts';

/** A setting as the file of a plan shows it. */
const MOST_SETTING = 5000;

/**
 * Plans of hosts with secrets masked in what a card or a file shows: names and values of settings, risks and warnings. Settings
 * such as a label's name or the path of a folder are free text. Rules are compared with the risks of a plan made anew.
 */
export async function masked(hosts: readonly HostPlan[], redact: Redact): Promise<HostPlan[]> {
  const pace = createPace();
  const hide = (text: string) => cutHidden(text, MOST_SETTING, redact);
  const out: HostPlan[] = [];
  for (const host of hosts) {
    const changes: HostPlan['changes'][number][] = [];
    for (const change of host.changes) {
      const { setting, from, to } = change;
      changes.push({ ...change, setting: hide(setting), from: hide(from), to: hide(to) });
      await pace();
    }
    const warnings = host.warnings.map((warning) => redactPhrase(warning, redact));
    const risks = host.risks.map((risk) => ({ ...risk, what: hide(risk.what) }));
    out.push({ ...host, changes, warnings, risks, why: redact(host.why) });
    await pace();
  }
  return out;
}
