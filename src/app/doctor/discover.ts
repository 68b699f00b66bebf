import type { FoundServer } from '../../protocol/serverReport.ts';
import { contact } from '../../node/servers/contact.ts';
import { usualWaits, type Waits } from '../../node/servers/identify.ts';
import { serverTitles, usualPorts } from '../../node/servers/serverKnowledge.ts';

export type DiscoverOptions = { readonly signal: AbortSignal; readonly ports?: readonly number[]; readonly waits?: Waits };

/** Looks at the ports that inference servers usually take on this machine, and only there. No key is sent. */
export async function discoverServers({ signal, ports = usualPorts.map(({ port }) => port), waits = usualWaits }: DiscoverOptions): Promise<readonly FoundServer[]> {
  const found = await Promise.all(ports.map((port) => lookAt(`http://127.0.0.1:${port}/v1`, waits, signal)));
  return found.filter((server) => server !== undefined);
}

async function lookAt(baseUrl: string, waits: Waits, signal: AbortSignal): Promise<FoundServer | undefined> {
  const identity = await contact({ baseUrl, model: '', key: undefined }, { ...waits, askMs: waits.identifyMs }, signal);
  const { kind, version, listed, auth, state, problem } = identity;
  const base = { baseUrl, kind, version, models: listed ? [...listed] : null, needsKey: auth === 'keyMissing', loading: state === 'loading' };
  if (problem) return problem.kind === 'refused' ? undefined : { ...base, remark: remarks[problem.kind] ?? 'something answers there that is no model server', endpoint: null };
  const isServer = kind !== 'unknown' || listed !== null || base.needsKey;
  if (!isServer) return { ...base, remark: 'something answers there that lists no models', endpoint: null };
  const model = listed?.[0];
  const empty = listed?.length === 0 ? `${serverTitles[kind]} has no model loaded` : null;
  return { ...base, remark: empty, endpoint: listed?.length === 0 ? null : { kind: 'openai', baseUrl, model: model ?? 'NAME-OF-THE-MODEL', ...(base.needsKey ? { apiKeyEnv: 'MODEL_SERVER_KEY' } : {}) } };
}

const remarks: Partial<Record<NonNullable<Awaited<ReturnType<typeof contact>>['problem']>['kind'], string>> = {
  ray: 'a Ray dashboard: jobs for trainers, no models',
  page: 'a web page, no model server',
  notHttp: 'a program that does not speak HTTP',
  timeout: 'something that takes the connection and answers nothing',
};
