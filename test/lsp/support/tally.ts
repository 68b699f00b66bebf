/** What came of trying one ability: how often it did what it should, had nothing to say, or said why not; and what was wrong. */
export type Count = { good: number; nothing: number; refused: number };

/** Counts by ability, in the order in which they were first tried. */
export class Tally {
  readonly counts = new Map<string, Count>();
  readonly wrong: string[] = [];
  /** Why not, where it said so. */
  readonly reasons: string[] = [];

  good(ability: string): void {
    this.of(ability).good += 1;
  }

  nothing(ability: string): void {
    this.of(ability).nothing += 1;
  }

  refused(ability: string, reason: string): void {
    this.of(ability).refused += 1;
    this.reasons.push(`${ability}: ${reason}`);
  }

  /** Good, or wrong as the text says. */
  expect(ability: string, isRight: boolean, wrong: () => string): void {
    if (isRight) this.good(ability);
    else this.fail(ability, wrong());
  }

  fail(ability: string, wrong: string): void {
    this.of(ability);
    this.wrong.push(`${ability}: ${wrong}`);
  }

  add({ counts }: Tally): void {
    for (const [ability, { good, nothing, refused }] of counts) {
      const own = this.of(ability);
      own.good += good;
      own.nothing += nothing;
      own.refused += refused;
    }
  }

  /** Never throws: a failure of the request is wrong. */
  async try(ability: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.fail(ability, error instanceof Error ? (error.stack ?? error.message).slice(0, 600) : String(error));
    }
  }

  private of(ability: string): Count {
    const known = this.counts.get(ability) ?? { good: 0, nothing: 0, refused: 0 };
    this.counts.set(ability, known);
    return known;
  }
}

/** Rows are what was tried, columns abilities: `12`, `12 (3)` where 3 times there was nothing to say or it was refused, `-` where it does not apply. */
export function table(tallies: readonly (readonly [row: string, Tally])[], takes: (ability: string) => boolean = () => true): string {
  const abilities = [...new Set(tallies.flatMap(([, { counts }]) => [...counts.keys()]))].filter(takes);
  const cell = (count: Count | undefined): string => {
    if (count === undefined) return '-';
    const others = count.nothing + count.refused;
    return others === 0 ? String(count.good) : `${count.good} (${others})`;
  };
  const rows = tallies.map(([row, { counts }]) => [row, ...abilities.map((ability) => cell(counts.get(ability)))]);
  return [['', ...abilities], ['---', ...abilities.map(() => '---:')], ...rows].map((line) => `| ${line.join(' | ')} |`).join('\n');
}
