import type { Endpoint } from '../core/config/projectConfig.ts';

/** Finds an endpoint's key; never stored, never logged. */
export type KeySource = (endpoint: Endpoint) => string | undefined;

/** Keys handed over by the editor's secret storage (by origin: scheme, host, port) win over environment variables. */
export function keySource(environment: Readonly<Record<string, string | undefined>>, byOrigin: Readonly<Record<string, string>> = {}): KeySource {
  return (endpoint) => {
    if (endpoint.kind !== 'openai') return undefined;
    const given = byOrigin[new URL(endpoint.baseUrl).origin];
    if (given) return given;
    const fromEnvironment = endpoint.apiKeyEnv === undefined ? undefined : environment[endpoint.apiKeyEnv];
    return fromEnvironment === '' ? undefined : fromEnvironment;
  };
}
