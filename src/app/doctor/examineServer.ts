import type { ServerBehaviour, ServerIdentity, ServerReport } from '../../protocol/serverReport.ts';
import type { Clock } from '../../node/clock.ts';
import type { ProjectFiles } from '../../node/projectFiles.ts';
import { contact, contactLoaded, withContext } from '../../node/servers/contact.ts';
import { usualWaits, type ServerAddress, type Waits } from '../../node/servers/identify.ts';
import { keepBehaviour, readBehaviour } from './behaviourCache.ts';
import { examine, type ExamineStep } from './examine.ts';
import { warningsOf, type Asked } from './warnings.ts';

export type DoctorStep = ExamineStep | 'contact' | 'loading';

export type ExamineOptions = {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Where findings are kept; absent outside of a project. */
  readonly files?: ProjectFiles | undefined;
  /** Asks again what was asked before. */
  readonly fresh: boolean;
  /** Waits for a server that loads its model, five minutes at most. */
  readonly wait: boolean;
  readonly waits?: Waits;
  readonly tell?: (step: DoctorStep) => void;
};

export type Examined = { readonly identity: ServerIdentity; readonly behaviour: ServerBehaviour | undefined; readonly cached: boolean };

/** Everything there is to know of one server and model. Throws on cancellation alone. */
export async function examineServer(address: ServerAddress, options: ExamineOptions): Promise<Examined> {
  const { clock, signal, files, fresh, wait, waits = usualWaits, tell = () => undefined } = options;
  tell('contact');
  const identity = wait ? await contactLoaded(address, waits, clock, signal, () => tell('loading')) : await contact(address, waits, signal);
  const askable = identity.state === 'ready' && identity.auth !== 'keyMissing' && identity.auth !== 'keyRefused';
  if (!askable) return { identity, behaviour: undefined, cached: false };
  const kept = files && !fresh ? await readBehaviour(files, address.baseUrl, identity) : undefined;
  if (kept) return { identity, behaviour: kept, cached: true };
  const behaviour = await examine(identity, address, waits, clock, signal, tell);
  // Ollama says how long a context is once the model is loaded, which the questions have done.
  const known = await withContext(identity, address, waits, signal);
  return { identity: known, behaviour, cached: false };
}

/**
 * Keeps what is in order: a server that has been put right, or a service that had no room, is looked at anew the next time.
 * A cache that cannot be written is none.
 */
export async function keepExamined({ identity, behaviour, cached }: Examined, report: ServerReport, { files }: ExamineOptions): Promise<void> {
  if (files === undefined || cached || behaviour === undefined || report.warnings.some(({ severity }) => severity !== 'note')) return;
  await keepBehaviour(files, report.baseUrl, identity, behaviour).catch(() => undefined);
}

/** What was found out, seen from a role. */
export function reportOf(asked: Asked, { identity, behaviour, cached }: Examined, replica?: number): ServerReport {
  const warnings = warningsOf(asked, identity, behaviour);
  return {
    ...(asked.role === undefined ? {} : { role: asked.role }),
    ...(replica === undefined ? {} : { replica }),
    baseUrl: asked.baseUrl,
    works: !warnings.some(({ severity }) => severity === 'error'),
    cached,
    ...identity,
    // A key that was asked for only by the model, not by the list of models.
    ...(identity.auth === 'unknown' && behaviour !== undefined && behaviour.refused === null ? { auth: asked.hasKey ? ('key' as const) : ('open' as const) } : {}),
    ...behaviour,
    warnings: [...warnings],
  };
}
