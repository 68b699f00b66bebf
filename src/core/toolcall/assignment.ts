/**
 * Assignment of rows to columns at least total cost (Hungarian method with potentials, O(rows² · columns)).
 * Needs `cost.length <= cost[0].length`; returns the column of each row. Ties go the same way every time.
 */
export function assign(cost: readonly (readonly number[])[]): number[] {
  const rows = cost.length;
  const columns = cost[0]?.length ?? 0;
  const rowPotential = new Float64Array(rows + 1);
  const columnPotential = new Float64Array(columns + 1);
  // 1-based; 0 stands for the row being placed and for "free".
  const rowOfColumn = new Int32Array(columns + 1);
  const previous = new Int32Array(columns + 1);
  for (let row = 1; row <= rows; row += 1) {
    rowOfColumn[0] = row;
    const free = augmentingPath(cost, rowPotential, columnPotential, rowOfColumn, previous);
    for (let column = free; column !== 0; ) {
      const before = previous[column] ?? 0;
      rowOfColumn[column] = rowOfColumn[before] ?? 0;
      column = before;
    }
  }
  const result = new Array<number>(rows).fill(-1);
  for (let column = 1; column <= columns; column += 1) {
    const row = rowOfColumn[column] ?? 0;
    if (row > 0) result[row - 1] = column - 1;
  }
  return result;
}

/** Above this many on the longer side the pairing is by position: the best one would take too long. */
const mostAssigned = 48;

/** Pairs rows with columns at least total cost, whichever side is longer; -1 for a row without a column. */
export function pairByCost(rows: number, columns: number, cost: (row: number, column: number) => number): number[] {
  const byPosition = Array.from({ length: rows }, (_, row) => (row < columns ? row : -1));
  if (rows === 0 || columns === 0 || (rows === 1 && columns === 1) || Math.max(rows, columns) > mostAssigned) return byPosition;
  const costs = byPosition.map((_, row) => Array.from({ length: columns }, (_column, column) => cost(row, column)));
  if (rows <= columns) return assign(costs);
  const pairs = new Array<number>(rows).fill(-1);
  assign(Array.from({ length: columns }, (_, column) => costs.map((line) => line[column] ?? 0))).forEach((row, column) => (pairs[row] = column));
  return pairs;
}

/** Grows the alternating tree from column 0 until it meets a free column, which it returns. */
function augmentingPath(cost: readonly (readonly number[])[], u: Float64Array, v: Float64Array, rowOfColumn: Int32Array, previous: Int32Array): number {
  const columns = v.length - 1;
  const slack = new Float64Array(columns + 1).fill(Infinity);
  const used = new Uint8Array(columns + 1);
  let column = 0;
  do {
    used[column] = 1;
    const row = rowOfColumn[column] ?? 0;
    let delta = Infinity;
    let next = 0;
    for (let j = 1; j <= columns; j += 1) {
      if (used[j] === 1) continue;
      const reduced = (cost[row - 1]?.[j - 1] ?? 0) - (u[row] ?? 0) - (v[j] ?? 0);
      if (reduced < (slack[j] ?? Infinity)) {
        slack[j] = reduced;
        previous[j] = column;
      }
      if ((slack[j] ?? Infinity) < delta) {
        delta = slack[j] ?? Infinity;
        next = j;
      }
    }
    for (let j = 0; j <= columns; j += 1) {
      if (used[j] === 1) {
        const treeRow = rowOfColumn[j] ?? 0;
        u[treeRow] = (u[treeRow] ?? 0) + delta;
        v[j] = (v[j] ?? 0) - delta;
      } else slack[j] = (slack[j] ?? Infinity) - delta;
    }
    column = next;
  } while ((rowOfColumn[column] ?? 0) !== 0);
  return column;
}
