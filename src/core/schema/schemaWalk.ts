/** What of a tool's definition could not be understood, and so accepts anything. `path` leads from the definition to it (`parameters`, `properties`, `city`). */
export type SchemaProblem = { readonly path: readonly (string | number)[]; readonly message: string };

const mostProblems = 20;

/** Where the normaliser is in a definition. Paths are put together only for a report. */
export class SchemaWalk {
  private constructor(
    private readonly problems: SchemaProblem[],
    private readonly parent: SchemaWalk | undefined,
    private readonly step: string | number,
    readonly depth: number,
  ) {}

  static from(problems: SchemaProblem[]): SchemaWalk {
    return new SchemaWalk(problems, undefined, '', 0);
  }

  into(step: string | number): SchemaWalk {
    return new SchemaWalk(this.problems, this, step, this.depth + 1);
  }

  report(message: string): void {
    if (this.problems.length < mostProblems) this.problems.push({ path: this.path(), message });
  }

  private path(): (string | number)[] {
    return this.parent === undefined ? [] : [...this.parent.path(), this.step];
  }
}
