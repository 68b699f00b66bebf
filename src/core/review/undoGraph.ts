/** An `undo` operation, as far as it matters here. */
export type Undo = { readonly id: string; readonly target: string };

type Node = Undo & { effective: boolean };

/**
 * Which ids undos have taken back. An undo counts unless another one that counts takes it back. Undos may come before what
 * they name: a merge of two logs may bring lines in any order. An undo that would take itself back, directly or through
 * others, counts for nothing; of such a ring the one that comes last.
 */
export class UndoGraph {
  readonly #undos = new Map<string, Node>();
  /** Undos that count, by what they name. */
  readonly #counts = new Map<string, number>();
  /** Union-find over ids: from an undo on towards the end of its chain of targets. */
  readonly #towardsEnd = new Map<string, string>();

  isTakenBack(id: string): boolean {
    return this.#counts.has(id);
  }

  /** Whether the undo with this id counts. */
  counts(id: string): boolean {
    return this.#undos.get(id)?.effective === true;
  }

  isUndo(id: string): boolean {
    return this.#undos.has(id);
  }

  /** Ids must be new. Returns what may be taken back now and was not, or the other way round. The cost is that of the chains that the new undos lead into. */
  add(undos: readonly Undo[]): ReadonlySet<string> {
    const added = undos.flatMap((undo) => this.#insert(undo));
    const waitsFor = new Map<Node, number>();
    const affected = new Set<Node>();
    for (const start of added) {
      for (let node: Node | undefined = start; node !== undefined && !affected.has(node); ) {
        affected.add(node);
        const next = this.#undos.get(node.target);
        if (next !== undefined) waitsFor.set(next, (waitsFor.get(next) ?? 0) + 1);
        node = next;
      }
    }
    return this.#settle([...affected].filter((node) => !waitsFor.has(node)), waitsFor);
  }

  #insert({ id, target }: Undo): readonly Node[] {
    if (this.#endOf(target) === id) return [];
    this.#towardsEnd.set(id, target);
    const node = { id, target, effective: false };
    this.#undos.set(id, node);
    return [node];
  }

  /** Each node is settled once, after all that may take it back. */
  #settle(ready: Node[], waitsFor: Map<Node, number>): ReadonlySet<string> {
    const changed = new Set<string>();
    for (const node of ready) {
      const effective = !this.isTakenBack(node.id);
      if (effective !== node.effective) {
        node.effective = effective;
        this.#count(node.target, effective ? 1 : -1);
        changed.add(node.target);
      }
      const next = this.#undos.get(node.target);
      const left = next === undefined ? undefined : (waitsFor.get(next) ?? 0) - 1;
      if (next === undefined || left === undefined) continue;
      waitsFor.set(next, left);
      if (left === 0) ready.push(next);
    }
    return changed;
  }

  #count(id: string, by: 1 | -1): void {
    const count = (this.#counts.get(id) ?? 0) + by;
    if (count === 0) this.#counts.delete(id);
    else this.#counts.set(id, count);
  }

  #endOf(id: string): string {
    let end = id;
    for (let next = this.#towardsEnd.get(end); next !== undefined; next = this.#towardsEnd.get(end)) end = next;
    // Later look-ups take the short way.
    for (let at = id; at !== end; ) {
      const next = this.#towardsEnd.get(at) ?? end;
      this.#towardsEnd.set(at, end);
      at = next;
    }
    return end;
  }
}
