export type Outcome = 'ok' | 'FAILED' | 'skipped';

/** What was found, printed as it comes and once more as a table. */
export class Results {
  private readonly rows: { readonly outcome: Outcome; readonly step: string; readonly what: string; readonly figures: string }[] = [];

  constructor(private readonly say: (line: string) => void) {}

  add(outcome: Outcome, step: string, what: string, figures = ''): void {
    this.rows.push({ outcome, step, what, figures });
    this.say(`  ${outcome.padEnd(8)}${what}${figures === '' ? '' : `: ${figures}`}`);
  }

  check(holds: boolean, step: string, what: string, figures = ''): void {
    this.add(holds ? 'ok' : 'FAILED', step, what, figures);
  }

  /** Shown, and neither good nor bad. */
  note(line: string): void {
    this.say(`          ${line}`);
  }

  get failed(): number {
    return this.rows.filter(({ outcome }) => outcome === 'FAILED').length;
  }

  table(): string {
    const cells = [['step', 'what', 'figures', 'result'], ...this.rows.map(({ step, what, figures, outcome }) => [step, what, figures, outcome])];
    const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
    const line = (row: readonly string[]): string => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
    const [head = [], ...body] = cells;
    return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...body.map(line)].join('\n');
  }
}
