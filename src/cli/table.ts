/** Aligns rows in columns; numbers to the right. Every row ends without blanks. */
export function formatTable(rows: readonly (readonly string[])[], options: { readonly indent?: number; readonly rightFrom?: number } = {}): string {
  const { indent = 2, rightFrom = 1 } = options;
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, column) => (widths[column] = Math.max(widths[column] ?? 0, cell.length)));
  return rows
    .map((row) => {
      const cells = row.map((cell, column) => (column >= rightFrom ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)));
      return `${' '.repeat(indent)}${cells.join('  ')}`.trimEnd();
    })
    .join('\n');
}
