import { DidChangeConfigurationNotification, type ClientCapabilities, type Connection } from 'vscode-languageserver/node';

/** Settings of the editor by document, asked of it once until they change; what an editor does not tell is as it is by default. */
export class ClientSettings {
  private readonly known = new Map<string, Promise<boolean>>();
  private readonly listeners = new Set<() => void>();
  private number = 0;

  constructor(
    private readonly connection: Connection,
    private readonly client: () => ClientCapabilities,
  ) {}

  /** Rises with each change. */
  get changes(): number {
    return this.number;
  }

  /** Once the connection is up. */
  start(): void {
    if (this.client().workspace?.didChangeConfiguration?.dynamicRegistration === true) void this.connection.client.register(DidChangeConfigurationNotification.type, { section: 'looptool' }).catch(() => undefined);
    this.connection.onDidChangeConfiguration(() => {
      this.known.clear();
      this.number += 1;
      for (const listener of this.listeners) listener();
    });
  }

  isOn(uri: string, section: string, byDefault: boolean): Promise<boolean> {
    if (this.client().workspace?.configuration !== true) return Promise.resolve(byDefault);
    const key = `${section} ${uri}`;
    let known = this.known.get(key);
    if (known === undefined) this.known.set(key, (known = this.connection.workspace.getConfiguration({ scopeUri: uri, section }).then((value: unknown) => (typeof value === 'boolean' ? value : byDefault), () => byDefault)));
    return known;
  }

  onDidChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** Of a document that was closed. */
  forget(uri: string): void {
    for (const key of this.known.keys()) if (key.endsWith(` ${uri}`)) this.known.delete(key);
  }
}
