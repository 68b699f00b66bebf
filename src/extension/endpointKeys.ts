import type { SecretStorage } from 'vscode';
import { remoteEndpoints, type Endpoint } from '../core/config/projectConfig.ts';

/** API keys in the editor's secret storage, by endpoint origin: never in settings, files, logs or arguments. */
export class EndpointKeys {
  constructor(private readonly secrets: SecretStorage) {}

  get(origin: string): Thenable<string | undefined> {
    return this.secrets.get(secretName(origin));
  }

  set(origin: string, key: string): Thenable<void> {
    return this.secrets.store(secretName(origin), key);
  }

  clear(origin: string): Thenable<void> {
    return this.secrets.delete(secretName(origin));
  }

  /** The keys that a job of this project gets, over its standard input. Throws LoopToolError `config-invalid`. */
  async forProject(directory: string): Promise<Record<string, string>> {
    const { ProjectFiles } = await import('../node/projectFiles.ts');
    const { endpoints } = await new ProjectFiles(directory).readConfig();
    const keys: Record<string, string> = {};
    for (const origin of endpointOrigins(Object.values(endpoints))) {
      const key = await this.get(origin);
      if (key !== undefined) keys[origin] = key;
    }
    return keys;
  }
}

/** Scheme, host and port of every endpoint that is a server of the user's, each once. */
export function endpointOrigins(endpoints: readonly (Endpoint | undefined)[]): readonly string[] {
  return [...new Set(endpoints.flatMap((e) => (e === undefined ? [] : remoteEndpoints(e).map(({ baseUrl }) => new URL(baseUrl).origin))))];
}

function secretName(origin: string): string {
  return `looptool.endpointKey:${origin}`;
}
