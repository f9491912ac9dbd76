import { type Attributes, SpanKind } from '@opentelemetry/api';
import type { Facts, Operation } from '../observe.ts';

/** The name of a span: few different ones, as the semantic conventions ask. */
export function nameOf(operation: Operation): string {
  switch (operation.kind) {
    case 'exchange':
      return `slack ${operation.source}`;
    case 'handler':
      return `handler ${operation.command}`;
    case 'engine':
      return `engine ${operation.call}`;
    case 'slack':
      return `slack ${operation.method}`;
    case 'registry':
      return `registry ${operation.method}`;
    case 'phase':
      return `phase ${operation.phase}`;
    default:
      return operation.kind;
  }
}

/** A request's command is known once it is parsed. */
export function nameAtEnd(operation: Operation, { command }: Facts): string | undefined {
  return operation.kind === 'request' && command !== undefined ? `request ${command}` : undefined;
}

export function kindOf({ kind }: Operation): SpanKind {
  if (kind === 'exchange') return SpanKind.SERVER;
  return kind === 'engine' || kind === 'slack' || kind === 'registry' ? SpanKind.CLIENT : SpanKind.INTERNAL;
}

export function attributesOf(operation: Operation): Attributes {
  switch (operation.kind) {
    case 'exchange':
    case 'request':
      return { 'fairlead.request.id': operation.request, 'fairlead.source': operation.source };
    case 'decision':
      return {};
    case 'handler':
      return { 'fairlead.command': operation.command };
    case 'engine':
      return { 'fairlead.host': operation.host, 'fairlead.engine.call': operation.call };
    case 'slack':
      return { 'rpc.system.name': 'slack', 'rpc.method': operation.method };
    case 'registry':
      return { 'http.request.method': operation.method, 'server.address': operation.registry.slice(0, MOST_ADDRESS) };
    case 'deployment':
      return { 'fairlead.service': operation.service, 'fairlead.deployment.id': operation.deployment };
    case 'wave':
      return { 'fairlead.wave': operation.wave };
    case 'host':
      return { 'fairlead.host': operation.host };
    case 'phase':
      return { 'fairlead.host': operation.host, 'fairlead.phase': operation.phase };
  }
}

/** A registry's name may come from what a person typed. */
const MOST_ADDRESS = 255;

/** What is known at the end, beside errors. */
export function endAttributes({ command, decision, outcome, verdict }: Facts): Attributes {
  return {
    ...(command === undefined ? {} : { 'fairlead.command': command }),
    ...(decision === undefined ? {} : { 'fairlead.decision': decision }),
    ...(outcome === undefined ? {} : { 'fairlead.outcome': outcome }),
    ...(verdict === undefined ? {} : { 'fairlead.verdict': verdict }),
  };
}
