import type { CompletionPort } from '../core/llm/completionPort.ts';
import { AdaptiveLimit, fixedLimit, type ConcurrencyLimit } from './dispatch/adaptiveLimit.ts';
import { Dispatcher, type DispatchOptions, type DispatchPorts } from './dispatch/dispatcher.ts';
import { OpenAiTarget, type TargetOptions } from './openaiTarget.ts';

export type Concurrency = number | 'adaptive';

export type OpenAiClientOptions = TargetOptions & {
  readonly concurrency: Concurrency;
  readonly maxAttempts: number;
  readonly simulated: boolean;
};

export type ReplicaOptions = TargetOptions & { readonly concurrency: Concurrency; readonly weight: number };

export type ClientPorts = DispatchPorts;

/** Most that is ever in flight with one server whose concurrency is adaptive. */
const mostAdaptive = 512;

/** A CompletionPort over the `openai` package, for one server. */
export function createOpenAiClient(options: OpenAiClientOptions, ports: ClientPorts): CompletionPort {
  return createOpenAiPool([{ ...options, weight: 1 }], options, ports);
}

/** The same for several servers that serve one model. */
export function createOpenAiPool(
  replicas: readonly ReplicaOptions[],
  options: Omit<DispatchOptions, 'concurrency'>,
  ports: ClientPorts,
): CompletionPort {
  const lanes = replicas.map((replica) => ({ target: new OpenAiTarget(replica, ports.clock), weight: replica.weight, limit: limitOf(replica.concurrency) }));
  const concurrency = replicas.reduce((sum, replica) => sum + (replica.concurrency === 'adaptive' ? mostAdaptive : replica.concurrency), 0);
  return new Dispatcher(lanes, { ...options, concurrency }, ports);
}

function limitOf(concurrency: Concurrency): ConcurrencyLimit {
  return concurrency === 'adaptive' ? new AdaptiveLimit(mostAdaptive) : fixedLimit(concurrency);
}
