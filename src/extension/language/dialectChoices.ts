import type { Memento, Uri } from 'vscode';

const key = 'looptool.dialects';

/** The dialects that a person chose for files, by uri; kept for the workspace. */
export class DialectChoices {
  constructor(private readonly state: Memento) {}

  of(uri: Uri): string | undefined {
    const all = this.#all();
    const id = uri.toString();
    return Object.hasOwn(all, id) ? all[id] : undefined;
  }

  async choose(uri: Uri, dialect: string | undefined): Promise<void> {
    const others = Object.entries(this.#all()).filter(([known]) => known !== uri.toString());
    await this.state.update(key, Object.fromEntries(dialect === undefined ? others : [...others, [uri.toString(), dialect]]));
  }

  #all(): Readonly<Record<string, string>> {
    return this.state.get<Record<string, string>>(key, {});
  }
}
